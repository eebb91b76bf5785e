package org.millrace.collector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.millrace.route.Roles;
import org.millrace.sink.Store;

/**
 * Has the stores finish what collectors left that have gone and stay away, such as files in use, so
 * that nobody waits for their return. When, and whether this collector is the one to do it, says
 * {@link MissingCollectors}.
 */
final class DeadFiles {
    sealed interface Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private record Recovered(String node, String sink, int count, Throwable failure) implements Command {}

    private DeadFiles() {}

    /**
     * Follows the cluster that the actor's system belongs to.
     *
     * @param stores by the names of their sinks
     */
    static Behavior<Command> create(Map<String, Store> stores) {
        return create(stores, MissingCollectors.LOOK_EVERY);
    }

    static Behavior<Command> create(Map<String, Store> stores, Duration lookEvery) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            context.setLoggerName(DeadFiles.class);
            timers.startTimerWithFixedDelay(Look.INSTANCE, lookEvery);
            return new Running(context, stores);
        }));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final Map<String, Store> stores;
        private final Cluster cluster;
        private final MissingCollectors missing;

        Running(ActorContext<Command> context, Map<String, Store> stores) {
            super(context);
            this.stores = Map.copyOf(stores);
            this.cluster = Cluster.get(context.getSystem());
            this.missing = new MissingCollectors(cluster.selfMember().address().toString());
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Look.class, this::onLook)
                    .onMessage(Recovered.class, this::onRecovered)
                    .build();
        }

        private Behavior<Command> onLook(Look look) {
            missing.look(present(cluster.state())).forEach(this::recover);
            return this;
        }

        private static List<MissingCollectors.Present> present(ClusterEvent.CurrentClusterState state) {
            Set<Member> unreachable = state.getUnreachable();
            List<MissingCollectors.Present> present = new ArrayList<>();
            for (Member member : state.getMembers()) {
                if (member.getRoles().contains(Roles.COLLECTOR)
                        && !member.status().equals(MemberStatus.down())) {
                    boolean able = member.status().equals(MemberStatus.up()) && !unreachable.contains(member);
                    Roles.nodeOf(member.getRoles())
                            .ifPresent(node -> present.add(new MissingCollectors.Present(
                                    node, member.address().toString(), able)));
                }
            }
            return present;
        }

        private void recover(String node) {
            getContext().getLog().info("collector {} stays away; taking care of what it left", node);
            stores.forEach((sink, store) -> getContext()
                    .pipeToSelf(
                            store.recover(node),
                            (count, failure) -> new Recovered(node, sink, count == null ? 0 : count, failure)));
        }

        private Behavior<Command> onRecovered(Recovered end) {
            if (end.failure() != null) {
                getContext()
                        .getLog()
                        .warn(
                                "sink {}: what {} left is not finished, which it does itself when it starts again: {}",
                                end.sink(),
                                end.node(),
                                end.failure().getMessage());
            } else if (end.count() > 0) {
                getContext()
                        .getLog()
                        .info("sink {}: {} files of {} have their final names", end.sink(), end.count(), end.node());
            }
            return this;
        }
    }
}
