package org.millrace.delivery;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterStateSubscription;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Subscribe;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.route.Roles;
import org.millrace.route.Tiers;

/**
 * What an agent knows of the collectors: the cluster's members with the role {@code collector}, and
 * the agent's own evidence about each, gained by greeting them four times a second and by a {@link
 * Lifeline} to each. Tells its subscribers whenever something changes, and the log when no collector is
 * ready.
 *
 * <p>A collector whose lifeline is cut is dead. The cluster is told so: it need not wait until it has
 * given up a member that a host has just said to be gone, and whoever starts in its place gets in.
 *
 * <p>Evidence is counted in greetings without an answer, not in time: an agent that was frozen itself
 * does not take the time it slept for the collectors' silence.
 */
public final class CollectorDirectory {
    private static final Duration GREET_EVERY = Duration.ofMillis(250);

    /** Answers missing before the path is late; with the cluster's suspicion enough to leave. */
    static final int LATE_AFTER = 4;

    /** Answers missing before the path counts as broken, whatever the cluster says. */
    static final int BROKEN_AFTER = 12;

    /**
     * Answers in a row that say so before a collector counts as ready; until then it is settling, and no lane needs
     * it at once that is served well elsewhere. Fewer than a {@link ReadinessNotice} waits for: a start is no trouble.
     */
    static final int SETTLED_AFTER = ReadinessNotice.TELL_AFTER - 1;

    /** What it understands. */
    public sealed interface Command {}

    /** Asks for {@link Collectors} now and after every change. */
    public record Watch(ActorRef<Collectors> subscriber) implements Command {}

    private record MemberChanged(ClusterEvent.MemberEvent event) implements Command {}

    private record ReachabilityChanged(ClusterEvent.ReachabilityEvent event) implements Command {}

    private record SubscriberGone(ActorRef<Collectors> subscriber) implements Command {}

    private record Heard(Delivery.Greeting greeting) implements Command {}

    private record ProcessGone(UniqueAddress collector) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    /** All collectors that the cluster lists. */
    public record Collectors(List<CollectorView> all) {
        public Collectors {
            all = List.copyOf(all);
        }
    }

    private CollectorDirectory() {}

    /**
     * Follows the cluster that the actor's system belongs to.
     *
     * @param tiers the agent's own word about the collectors' priorities
     */
    public static Behavior<Command> create(Tiers tiers) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new Running(context, timers, tiers)));
    }

    private static final class Running extends AbstractBehavior<Command> {
        /** What is known of one collector; mutable, never leaves the actor. */
        private static final class Known {
            private final int priority;
            private final ActorRef<Delivery.ToReceivers> receivers;
            private Membership membership;
            private Readiness readiness = Readiness.WAITING;
            private final ActorRef<Lifeline.Command> lifeline;
            private boolean heard;
            private boolean gone;
            private int unanswered;
            private int readyAnswers;

            Known(int priority, ActorRef<Delivery.ToReceivers> receivers, ActorRef<Lifeline.Command> lifeline) {
                this.priority = priority;
                this.receivers = receivers;
                this.lifeline = lifeline;
            }

            void hear(Readiness word) {
                heard = true;
                unanswered = 0;
                readiness = word;
                readyAnswers = word == Readiness.READY ? readyAnswers + 1 : 0;
            }

            void miss() {
                unanswered++;
                if (path() == Path.BROKEN) {
                    readyAnswers = 0;
                }
            }

            /** Its own word, but {@code SETTLING} for one that has not been ready for long. */
            Readiness readiness() {
                return readiness == Readiness.READY && readyAnswers < SETTLED_AFTER ? Readiness.SETTLING : readiness;
            }

            Path path() {
                if (gone || unanswered >= BROKEN_AFTER) {
                    return Path.BROKEN;
                }
                if (!heard) {
                    return Path.UNKNOWN;
                }
                return unanswered >= LATE_AFTER ? Path.LATE : Path.ALIVE;
            }
        }

        /** What no member comes back from. One that prepares for a shutdown of all still works. */
        private static final Set<MemberStatus> GOING =
                Set.of(MemberStatus.leaving(), MemberStatus.exiting(), MemberStatus.down(), MemberStatus.removed());

        private final Tiers tiers;
        private final Cluster cluster;
        private final ActorRefResolver resolver;
        private final Optional<InetSocketAddress> localAddress;
        private final ActorRef<Delivery.Greeting> greetings;
        private final ActorRef<Lifeline.Cut> cuts;
        private final ActorRef<DeathNotice.Command> deaths;
        private final Map<UniqueAddress, Known> known = new TreeMap<>();
        private final Set<UniqueAddress> unreachable = new HashSet<>();
        private final Set<ActorRef<Collectors>> subscribers = new HashSet<>();
        private final ReadinessNotice notice = new ReadinessNotice();
        private Collectors published = new Collectors(List.of());

        Running(ActorContext<Command> context, TimerScheduler<Command> timers, Tiers tiers) {
            super(context);
            context.setLoggerName(CollectorDirectory.class);
            this.tiers = tiers;
            this.cluster = Cluster.get(context.getSystem());
            this.resolver = ActorRefResolver.get(context.getSystem());
            this.localAddress = localAddress(context.getSystem().settings().config());
            this.greetings = context.messageAdapter(Delivery.Greeting.class, Heard::new);
            this.cuts = context.messageAdapter(Lifeline.Cut.class, cut -> new ProcessGone(cut.node()));
            this.deaths = context.spawnAnonymous(DeathNotice.create(
                    this::listed, address -> cluster.manager().tell(new Down(address))));
            // What is the case already comes first, as events. Two subscriptions rather than one of all
            // events: a cluster of a thousand agents gossips much that is of no interest here.
            ActorRef<ClusterStateSubscription> subscriptions = cluster.subscriptions();
            subscriptions.tell(Subscribe.create(
                    context.messageAdapter(ClusterEvent.MemberEvent.class, MemberChanged::new),
                    ClusterEvent.MemberEvent.class));
            subscriptions.tell(Subscribe.create(
                    context.messageAdapter(ClusterEvent.ReachabilityEvent.class, ReachabilityChanged::new),
                    ClusterEvent.ReachabilityEvent.class));
            timers.startTimerWithFixedDelay(Tick.INSTANCE, GREET_EVERY);
            context.spawnAnonymous(LifelineRehearsal.create(context.getSystem().ignoreRef()));
        }

        /** Where Artery connects from a certain address, so do lifelines. */
        private static Optional<InetSocketAddress> localAddress(Config config) {
            String host = config.getString("pekko.remote.artery.advanced.tcp.outbound-client-hostname");
            return host.isEmpty() ? Optional.empty() : Optional.of(new InetSocketAddress(host, 0));
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Heard.class, this::onHeard)
                    .onMessage(ProcessGone.class, this::onProcessGone)
                    .onMessage(MemberChanged.class, this::onMember)
                    .onMessage(ReachabilityChanged.class, this::onReachability)
                    .onMessage(Tick.class, this::onTick)
                    .onMessage(Watch.class, this::onWatch)
                    .onMessage(SubscriberGone.class, this::onSubscriberGone)
                    .build();
        }

        private Behavior<Command> onWatch(Watch watch) {
            subscribers.add(watch.subscriber());
            getContext().watchWith(watch.subscriber(), new SubscriberGone(watch.subscriber()));
            watch.subscriber().tell(published);
            return this;
        }

        private Behavior<Command> onSubscriberGone(SubscriberGone gone) {
            subscribers.remove(gone.subscriber());
            return this;
        }

        private Behavior<Command> onHeard(Heard heard) {
            known.forEach((address, collector) -> {
                if (address.longUid() == heard.greeting().uid()) {
                    collector.hear(heard.greeting().readiness());
                }
            });
            publish();
            return this;
        }

        private Behavior<Command> onProcessGone(ProcessGone message) {
            Known collector = known.get(message.collector());
            if (collector != null) {
                getContext()
                        .getLog()
                        .warn(
                                "the collector at {} is gone: its host refuses connections",
                                message.collector().address());
                collector.gone = true;
                publish();
                deaths.tell(new DeathNotice.Dead(message.collector()));
            }
            return this;
        }

        private Set<UniqueAddress> listed() {
            Set<UniqueAddress> nodes = new HashSet<>();
            cluster.state().getMembers().forEach(member -> nodes.add(member.uniqueAddress()));
            return nodes;
        }

        private Behavior<Command> onTick(Tick tick) {
            known.values().forEach(collector -> {
                collector.miss();
                greet(collector);
            });
            publish();
            notice.look(published.all()).ifPresent(this::say);
            return this;
        }

        private void say(String news) {
            if (notice.isTrouble()) {
                getContext().getLog().warn(news);
            } else {
                getContext().getLog().info(news);
            }
        }

        private void greet(Known collector) {
            collector.receivers.tell(new Delivery.Greet(greetings));
        }

        private Behavior<Command> onMember(MemberChanged message) {
            Member member = message.event().member();
            if (message.event() instanceof ClusterEvent.MemberRemoved) {
                Known removed = known.remove(member.uniqueAddress());
                if (removed != null) {
                    getContext().stop(removed.lifeline);
                }
                unreachable.remove(member.uniqueAddress());
            } else {
                learn(member);
            }
            publish();
            return this;
        }

        private Behavior<Command> onReachability(ReachabilityChanged message) {
            UniqueAddress address = message.event().member().uniqueAddress();
            if (message.event() instanceof ClusterEvent.UnreachableMember) {
                unreachable.add(address);
            } else {
                unreachable.remove(address);
            }
            publish();
            return this;
        }

        private void learn(Member member) {
            if (!member.getRoles().contains(Roles.COLLECTOR)) {
                return;
            }
            Known collector = known.computeIfAbsent(member.uniqueAddress(), address -> {
                int priority = tiers.priorityOf(
                        member.getRoles(), member.address().getHost().orElse(""));
                getContext().getLog().info("the collector at {} is of priority {}", member.address(), priority);
                Known fresh = new Known(
                        priority,
                        resolver.resolveActorRef(member.address() + "/system/" + Delivery.RECEIVERS_NAME),
                        getContext().spawnAnonymous(Lifeline.create(address, localAddress, cuts)));
                greet(fresh);
                return fresh;
            });
            collector.membership = membershipOf(member.status());
        }

        private static Membership membershipOf(MemberStatus status) {
            if (GOING.contains(status)) {
                return Membership.GOING;
            }
            return status.equals(MemberStatus.joining()) ? Membership.JOINING : Membership.MEMBER;
        }

        private void publish() {
            List<CollectorView> all = new ArrayList<>();
            known.forEach((address, collector) -> all.add(new CollectorView(
                    new CollectorId(address.address().toString(), address.longUid()),
                    collector.priority,
                    collector.membership,
                    !unreachable.contains(address),
                    collector.path(),
                    collector.readiness())));
            Collectors now = new Collectors(all);
            if (!now.equals(published)) {
                published = now;
                subscribers.forEach(subscriber -> subscriber.tell(now));
            }
        }
    }
}
