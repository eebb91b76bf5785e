package org.millrace.delivery;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * Tells the cluster of collectors that are dead, each a moment after it is known, and only when the cluster still
 * lists just that run then: downing goes by address alone, and a new run on the same one must not be meant.
 */
final class DeathNotice {
    /**
     * What the cluster does when it is told keeps every member busy for a moment, in which the lanes shall be
     * elsewhere already. Nothing that starts anew is there sooner.
     */
    static final Duration AFTER = Duration.ofSeconds(1);

    sealed interface Command {}

    /** The process of this node is gone. */
    record Dead(UniqueAddress node) implements Command {}

    private record Due(UniqueAddress node) implements Command {}

    private final TimerScheduler<Command> timers;
    private final Supplier<Set<UniqueAddress>> listed;
    private final Consumer<Address> down;

    private DeathNotice(TimerScheduler<Command> timers, Supplier<Set<UniqueAddress>> listed, Consumer<Address> down) {
        this.timers = timers;
        this.listed = listed;
        this.down = down;
    }

    /**
     * A notice for each {@link Dead} that it is told.
     *
     * @param listed whom the cluster lists at the time, whatever their status
     * @param down has the cluster drop who is at an address
     */
    static Behavior<Command> create(Supplier<Set<UniqueAddress>> listed, Consumer<Address> down) {
        return Behaviors.withTimers(timers -> new DeathNotice(timers, listed, down).waiting());
    }

    private Behavior<Command> waiting() {
        return Behaviors.receive(Command.class)
                .onMessage(Dead.class, this::onDead)
                .onMessage(Due.class, this::onDue)
                .build();
    }

    private Behavior<Command> onDead(Dead dead) {
        timers.startSingleTimer(new Due(dead.node()), AFTER);
        return Behaviors.same();
    }

    private Behavior<Command> onDue(Due due) {
        if (listed.get().contains(due.node())) {
            down.accept(due.node().address());
        }
        return Behaviors.same();
    }
}
