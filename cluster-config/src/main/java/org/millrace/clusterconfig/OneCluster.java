package org.millrace.clusterconfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.millrace.route.Roles;

/**
 * Brings a node into the cluster, and sees to it that there is only one.
 *
 * <p><b>Joining.</b> The node asks the seed nodes, and those that it remembers from its last run, so
 * that a seed node finds a cluster that has no other. It forms one of its own only while nobody who is in
 * one answers: the first seed node soon, any other collector when that one seems to stay away, each
 * after a longer time than the one before it, so that no two do at once. An agent waits.
 *
 * <p><b>One cluster.</b> A partition, or a seed node that is restarted while it sees nobody, can leave
 * two clusters, and Pekko's never merge by themselves. So every node hails, for as long as it runs,
 * those that it should be in one cluster with and is not; hails are answered, and the nodes of the
 * cluster that must give way ({@link ClusterView}) leave it in good order and join the other. They do so
 * only when that has been the case in three rounds in a row: while nodes join and leave, sizes change.
 *
 * <p>Only answers count, and only in the round of their hail: what was sent to an address while nobody
 * listened there lies in a queue and arrives when it is no longer true. Hails go to actor selections: they
 * are what Pekko lets through to an address whose former actor system it has quarantined.
 */
final class OneCluster extends AbstractBehavior<OneCluster.Command> {
    private static final String NAME = "millrace-one-cluster";
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final int ROUNDS_BEFORE_GIVING_WAY = 3;

    /** Rounds without a cluster in sight before the first seed node forms one. */
    private static final int FIRST_SEED_FORMS_AFTER = 2;

    /** The same for the other collectors: so many more for each place behind the first seed node. */
    private static final int NEXT_FORMS_AFTER = 5;

    /** So many rounds a node that gave way asks nobody else: its own old cluster may still be there. */
    private static final int ASKS_ONE_FOR = 5;

    /** Who has not answered so many hails is hailed less often, every so many rounds. */
    private static final int OFTEN = 30;

    private static final int SELDOM = 15;

    private static final Set<MemberStatus> UP = Set.of(MemberStatus.up(), MemberStatus.weaklyUp());

    /** What it understands. */
    sealed interface Command permits Hail, Tick, Written {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Written(List<String> peers, Throwable failure) implements Command {}

    /**
     * What a node knows before it joins.
     *
     * @param seeds the seed nodes' addresses, as the cluster writes them
     * @param peers the addresses that it remembers, and where it writes them
     * @param gaveWayTo whom it gave way to in its last actor system, if it did
     */
    record Start(List<String> seeds, RememberedPeers peers, Optional<String> gaveWayTo) {}

    private final Cluster cluster;
    private final String self;
    private final boolean firstSeed;
    /** Rounds before this node forms a cluster; nothing where it never does. */
    private final Optional<Integer> formsAfter;

    private final List<String> seeds;
    private final RememberedPeers peersFile;
    private List<String> peers;
    private boolean writing;

    /** While joining: whom Pekko asks, who of these is in no cluster either, and rounds without one in sight. */
    private final Set<String> asked = new LinkedHashSet<>();

    private final Set<String> unjoined = new LinkedHashSet<>();
    private Optional<String> gaveWayTo;
    private boolean clusterInSight;
    private int roundsJoining;
    private int roundsAlone;

    /** In a cluster: a member of a better one that was heard in this round, and rounds in a row. */
    private Optional<Hail> better = Optional.empty();

    private int roundsBetter;

    /** Hails in a row without an answer. */
    private final Map<String, Integer> unanswered = new HashMap<>();

    private final Set<String> hailed = new HashSet<>();
    private long round;

    private OneCluster(ActorContext<Command> context, Start start) {
        super(context);
        context.setLoggerName(OneCluster.class);
        this.cluster = Cluster.get(context.getSystem());
        Member member = cluster.selfMember();
        this.self = member.address().toString();
        this.seeds = start.seeds();
        this.peersFile = start.peers();
        this.peers = start.peers().read();
        this.firstSeed = seeds.get(0).equals(self);
        this.formsAfter = formsAfter(member.hasRole(Roles.COLLECTOR));
        this.gaveWayTo = start.gaveWayTo();
        ask(gaveWayTo.map(Set::of).orElseGet(this::targets));
    }

    /** Runs it in {@code system}, which has no seed nodes in its configuration. */
    static void start(ActorSystem<?> system, Start start) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, Duration.ZERO, ROUND);
            return new OneCluster(context, start);
        }));
        system.systemActorOf(behavior, NAME, Props.empty());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(Hail.class, this::onHail)
                .onMessage(Written.class, this::onWritten)
                .build();
    }

    private Optional<Integer> formsAfter(boolean collector) {
        if (firstSeed) {
            return Optional.of(FIRST_SEED_FORMS_AFTER);
        }
        int place = seeds.contains(self) ? seeds.indexOf(self) : seeds.size();
        return collector ? Optional.of(NEXT_FORMS_AFTER * place) : Optional.empty();
    }

    private Behavior<Command> onTick() {
        ClusterView view = view();
        if (view.members().isEmpty()) {
            join();
        } else {
            remember();
            roundsBetter = better.isPresent() ? roundsBetter + 1 : 0;
            if (roundsBetter >= ROUNDS_BEFORE_GIVING_WAY) {
                return giveWay(view, better.orElseThrow());
            }
            better = Optional.empty();
        }
        hailThoseElsewhere(view);
        return this;
    }

    private Behavior<Command> onHail(Hail hail) {
        ClusterView view = view();
        if (!hail.answer()) {
            tell(hail.address(), view.hail(self, hail.address(), hail.round(), true));
            hail(hail.address(), view);
        } else if (hail.round() == round) {
            unanswered.put(hail.address(), 0);
            if (view.members().isEmpty()) {
                meet(hail);
            } else if (view.givesWayTo(hail)) {
                better = Optional.of(hail);
            }
        }
        return this;
    }

    // not in a cluster yet

    private void ask(Set<String> addresses) {
        if (asked.addAll(addresses)) {
            cluster.manager()
                    .tell(new JoinSeedNodes(
                            asked.stream().map(AddressFromURIString::parse).toList()));
        }
    }

    private void meet(Hail hail) {
        if (hail.size() > 0) {
            clusterInSight = true;
            unjoined.remove(hail.address());
            if (gaveWayTo.isEmpty()) {
                ask(Set.of(hail.address()));
            }
        } else if (unjoined.add(hail.address())) {
            formWhenAlone();
        }
    }

    private void join() {
        roundsJoining++;
        if (gaveWayTo.isPresent() && roundsJoining > ASKS_ONE_FOR) {
            gaveWayTo = Optional.empty();
            ask(targets());
        }
        roundsAlone = clusterInSight ? 0 : roundsAlone + 1;
        formWhenAlone();
        clusterInSight = false;
    }

    private void formWhenAlone() {
        boolean nobodyHasOne = firstSeed && unjoined.containsAll(asked);
        boolean waitedEnough = formsAfter.filter(rounds -> roundsAlone > rounds).isPresent();
        if (!clusterInSight && (nobodyHasOne || waitedEnough)) {
            getContext().getLog().info("nobody answers who is in a cluster; forming one");
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        }
    }

    // in a cluster

    private Behavior<Command> giveWay(ClusterView view, Hail other) {
        getContext()
                .getLog()
                .warn(
                        "there are two clusters; this one ({} members) gives way to that of {} ({} members): leaving it to join that",
                        view.size(),
                        other.address(),
                        other.size());
        CoordinatedShutdown.get(getContext().getSystem()).runAll(new GaveWay(other.address()));
        return Behaviors.ignore();
    }

    private void remember() {
        Map<Boolean, List<String>> others = members(cluster.state())
                .filter(member -> UP.contains(member.status()))
                .filter(member -> !addressOf(member).equals(self))
                .collect(Collectors.partitioningBy(
                        member -> member.hasRole(Roles.COLLECTOR),
                        Collectors.mapping(OneCluster::addressOf, Collectors.toList())));
        List<String> now = RememberedPeers.merge(others.get(true).stream(), others.get(false).stream(), peers);
        if (!now.equals(peers) && !writing) {
            writing = true;
            getContext()
                    .pipeToSelf(
                            CompletableFuture.supplyAsync(
                                    () -> write(now),
                                    getContext().getSystem().dispatchers().lookup(DispatcherSelector.blocking())),
                            (done, failure) -> new Written(now, failure));
        }
    }

    private Done write(List<String> addresses) {
        try {
            peersFile.write(addresses);
            return Done.getInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Behavior<Command> onWritten(Written written) {
        writing = false;
        peers = written.peers();
        if (written.failure() != null) {
            getContext()
                    .getLog()
                    .warn(
                            "cannot write down who is in the cluster: {}",
                            written.failure().toString());
        }
        return this;
    }

    // in both cases

    private Set<String> targets() {
        Set<String> targets = new LinkedHashSet<>(seeds);
        targets.addAll(peers);
        targets.remove(self);
        return targets;
    }

    private void hailThoseElsewhere(ClusterView view) {
        round = ThreadLocalRandom.current().nextLong();
        hailed.clear();
        for (String target : targets()) {
            if (view.reached().contains(target)) {
                unanswered.remove(target);
                continue;
            }
            int silent = unanswered.merge(target, 1, Integer::sum);
            if (silent <= OFTEN || silent % SELDOM == 0) {
                hail(target, view);
            }
        }
    }

    /** Once in a round: by its own list, or because it was hailed from there. */
    private void hail(String address, ClusterView view) {
        if (hailed.add(address)) {
            tell(address, view.hail(self, address, round, false));
        }
    }

    private void tell(String address, Hail hail) {
        ActorSelection there = Adapter.toClassic(getContext().getSystem()).actorSelection(address + "/system/" + NAME);
        there.tell(hail, ActorRef.noSender());
    }

    private ClusterView view() {
        CurrentClusterState state = cluster.state();
        Map<String, Long> members = members(state)
                .collect(Collectors.toMap(
                        OneCluster::addressOf, member -> member.uniqueAddress().longUid()));
        Set<String> reached = new LinkedHashSet<>();
        if (UP.contains(cluster.selfMember().status())) {
            members(state)
                    .filter(member -> UP.contains(member.status()))
                    .filter(member -> !state.getUnreachable().contains(member))
                    .forEach(member -> reached.add(addressOf(member)));
        }
        return new ClusterView(cluster.selfMember().uniqueAddress().longUid(), members, reached);
    }

    private static Stream<Member> members(CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false);
    }

    private static String addressOf(Member member) {
        return member.address().toString();
    }
}
