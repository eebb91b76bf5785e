package org.millrace.clusterconfig;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/**
 * Looks at the cluster once a second and downs whom {@link Sides} says, when the same have been out of
 * reach for long enough.
 *
 * <p>It uses nothing of Pekko's but the published state of the cluster: who has reported whom is internal
 * to it, and not needed.
 */
final class Downing extends AbstractBehavior<Downing.Command> {
    private static final Duration ROUND = Duration.ofSeconds(1);

    /** What it understands. */
    sealed interface Command permits Tick, Quarantined {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Quarantined(ThisActorSystemQuarantinedEvent event) implements Command {}

    private final Cluster cluster;
    private final int rounds;
    private final Absences<UniqueAddress> absences = new Absences<>();

    private Downing(ActorContext<Command> context, Duration patience) {
        super(context);
        context.setLoggerName(Downing.class);
        this.cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
        this.rounds = Math.toIntExact(Math.max(1, patience.dividedBy(ROUND)));
        // Through the classic system: the typed one may still be starting.
        Adapter.toClassic(context.getSystem())
                .eventStream()
                .subscribe(
                        Adapter.toClassic(
                                context.messageAdapter(ThisActorSystemQuarantinedEvent.class, Quarantined::new)),
                        ThisActorSystemQuarantinedEvent.class);
    }

    /** @param patience how long a member must be out of reach */
    static Behavior<Command> create(Duration patience) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, ROUND);
            return new Downing(context, patience);
        }));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(Quarantined.class, this::onQuarantined)
                .build();
    }

    private Behavior<Command> onTick() {
        Sides sides = sides();
        if (absences.last(sides.others(), rounds)) {
            down(sides);
        }
        return this;
    }

    private void down(Sides sides) {
        Set<UniqueAddress> downed = sides.downed();
        if (downed.contains(cluster.selfUniqueAddress())) {
            getContext()
                    .getLog()
                    .warn(
                            "out of reach of {} of {} members for {} s, and on the smaller side: starting anew",
                            sides.others().size(),
                            sides.peers().size(),
                            ROUND.multipliedBy(rounds).toSeconds());
        } else if (!downed.isEmpty()) {
            getContext()
                    .getLog()
                    .warn(
                            "giving up members that have been out of reach for {} s: {}",
                            ROUND.multipliedBy(rounds).toSeconds(),
                            downed.stream().map(UniqueAddress::address).toList());
        }
        downed.forEach(node -> cluster.down(node.address()));
    }

    /** Another member has given this one up, and will not listen to it again before it starts anew. */
    private Behavior<Command> onQuarantined(Quarantined quarantined) {
        UniqueAddress by = new UniqueAddress(
                quarantined.event().remoteAddress().address(),
                quarantined.event().remoteAddress().uid());
        if (members(cluster.state()).anyMatch(member -> member.uniqueAddress().equals(by))) {
            getContext().getLog().warn("the member at {} has given this node up: starting anew", by.address());
            cluster.down(cluster.selfAddress());
        }
        return this;
    }

    private Sides sides() {
        CurrentClusterState state = cluster.state();
        return new Sides(
                cluster.selfUniqueAddress(),
                members(state)
                        .map(member -> new Sides.Peer(
                                member.uniqueAddress(),
                                member.status(),
                                state.getUnreachable().contains(member),
                                state.getSeenBy().contains(member.address())))
                        .toList());
    }

    private static Stream<Member> members(CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false);
    }
}
