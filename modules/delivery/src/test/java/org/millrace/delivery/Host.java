package org.millrace.delivery;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.millrace.route.CollectorId;

/**
 * A collector's place in the test's own actor system. An agent finds a collector's front door at a
 * path below the collector's address; so any actor can play the host, with the door two levels below
 * it.
 */
record Host(CollectorId id, ActorRef<Delivery.ToReceivers> door) {
    /** Starts {@code door} on the host {@code name}. */
    static Host start(ActorTestKit kit, String name, long uid, Behavior<Delivery.ToReceivers> door) {
        TestProbe<ActorRef<Delivery.ToReceivers>> started = kit.createTestProbe();
        Behavior<Void> system = Behaviors.setup(context -> {
            started.ref().tell(context.spawn(door, Delivery.RECEIVERS_NAME));
            return Behaviors.empty();
        });
        Behavior<Void> root = Behaviors.setup(context -> {
            context.spawn(system, "system");
            return Behaviors.empty();
        });
        kit.spawn(root, name);
        String address = "pekko://" + kit.system().name() + "/user/" + name;
        return new Host(new CollectorId(address, uid), started.receiveMessage());
    }
}
