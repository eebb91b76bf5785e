package org.millrace.delivery;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiverRehearsalTest {
    private final ActorTestKit kit = ActorTestKit.create();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldEndByItselfOnceEverythingIsCommitted() {
        TestProbe<Void> probe = kit.createTestProbe();

        ActorRef<Delivery.ToLane> rehearsal = kit.spawn(ReceiverRehearsal.create());

        probe.expectTerminated(rehearsal);
    }
}
