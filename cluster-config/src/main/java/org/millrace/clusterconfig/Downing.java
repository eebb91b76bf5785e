package org.millrace.clusterconfig;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityChanged;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.Reachability;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.millrace.route.Roles;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Looks at the cluster once a second and downs whom {@link Sides} says, when the same have been out of
 * reach for long enough; and one end of each of the {@link BrokenLinks} when a member that goes has to wait
 * for it.
 *
 * <p>Who is on which side is told from the cluster's published state. The one thing that is internal to
 * Pekko, and as open to Java as the rest, is {@link ReachabilityChanged}: which two do not reach each
 * other is said nowhere else.
 */
final class Downing extends AbstractBehavior<Downing.Command> {
    private static final Duration ROUND = Duration.ofSeconds(1);

    /** The cluster sees a member off in a second or two, unless something is in the way. */
    private static final int ROUNDS_TO_GO = 5;

    /** What it understands. */
    sealed interface Command permits Tick, Reported, Quarantined {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Reported(BrokenLinks links) implements Command {}

    private record Quarantined(ThisActorSystemQuarantinedEvent event) implements Command {}

    private final Cluster cluster;
    private final int rounds;
    private final Lasting<UniqueAddress> absent = new Lasting<>();
    private final Lasting<UniqueAddress> going = new Lasting<>();
    private final Lasting<BrokenLinks.Link> broken = new Lasting<>();
    private BrokenLinks reported = new BrokenLinks(Set.of());

    private Downing(ActorContext<Command> context, Duration patience) {
        super(context);
        context.setLoggerName(Downing.class);
        this.cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
        this.rounds = Math.toIntExact(Math.max(1, patience.dividedBy(ROUND)));
        cluster.subscribe(
                Adapter.toClassic(context.messageAdapter(ReachabilityChanged.class, Downing::reported)),
                ClusterEvent.initialStateAsEvents(),
                ReachabilityChanged.class);
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
                .onMessage(Reported.class, this::onReported)
                .onMessage(Quarantined.class, this::onQuarantined)
                .build();
    }

    private Behavior<Command> onTick() {
        Sides sides = sides();
        BrokenLinks links = reported.among(sides);
        boolean apart = absent.have(sides.others(), rounds);
        boolean waitedFor = going.have(sides.going(), ROUNDS_TO_GO);
        boolean stayBroken = broken.have(links.links(), rounds);
        if (apart) {
            down(sides);
        } else if (sides.others().isEmpty() && waitedFor && stayBroken && sides.isFirst()) {
            downEnds(links.givingWay(sides));
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

    private void downEnds(Set<UniqueAddress> ends) {
        getContext()
                .getLog()
                .warn(
                        "members go that the cluster cannot see off while links are broken; these at their ends start anew: {}",
                        ends.stream().map(UniqueAddress::address).toList());
        ends.stream()
                .filter(end -> !end.equals(cluster.selfUniqueAddress()))
                .forEach(end -> cluster.down(end.address()));
        if (ends.contains(cluster.selfUniqueAddress())) {
            cluster.down(cluster.selfAddress());
        }
    }

    private Behavior<Command> onReported(Reported message) {
        reported = message.links();
        return this;
    }

    private static Reported reported(ReachabilityChanged event) {
        return new Reported(
                new BrokenLinks(CollectionConverters.asJava(event.reachability().records()).stream()
                        .filter(report -> report.status() != Reachability.Reachable$.MODULE$)
                        .map(report -> BrokenLinks.Link.between(report.observer(), report.subject()))
                        .collect(Collectors.toSet())));
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
                                member.hasRole(Roles.COLLECTOR),
                                state.getUnreachable().contains(member),
                                state.getSeenBy().contains(member.address())))
                        .toList());
    }

    private static Stream<Member> members(CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false);
    }
}
