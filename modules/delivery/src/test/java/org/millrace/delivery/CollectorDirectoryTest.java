package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Leave;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.event.LaneId;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.route.Roles;
import org.millrace.route.RouteDecision;
import org.millrace.route.Tiers;
import org.millrace.telemetry.Telemetry;

/** An agent and collectors in one cluster over sockets, each an actor system of its own. */
class CollectorDirectoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Free ports of the loopback; quick to know each other; nobody is asked to leave when it ends. */
    private static final String CLUSTER = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            pekko.cluster {
              jmx.multi-mbeans-in-same-jvm = on
              gossip-interval = 100 ms
              leader-actions-interval = 100 ms
              unreachable-nodes-reaper-interval = 100 ms
              failure-detector { heartbeat-interval = 100 ms, acceptable-heartbeat-pause = 600 ms }
              run-coordinated-shutdown-when-down = off
            }
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.log-dead-letters = off
            pekko.loglevel = ERROR
            """;

    private volatile boolean silent;
    private final AtomicInteger greetings = new AtomicInteger();
    private final List<ActorTestKit> nodes = new ArrayList<>();
    private final ActorTestKit agent = join("agent");
    private final TestProbe<CollectorDirectory.Collectors> news = agent.createTestProbe();

    private CollectorDirectory.Collectors last = new CollectorDirectory.Collectors(List.of());

    @BeforeEach
    void watch() {
        ActorRef<CollectorDirectory.Command> directory = agent.spawn(CollectorDirectory.create(Tiers.AS_ANNOUNCED));
        directory.tell(new CollectorDirectory.Watch(news.ref()));
        assertThat(news.receiveMessage().all()).as("told at once what is known").isEmpty();
    }

    @AfterEach
    void stop() {
        nodes.forEach(ActorTestKit::shutdownTestKit);
    }

    @Test
    void shouldFollowWhatTheEvidenceSaysOfACollector() {
        ActorTestKit node = join("collector", "priority-10");
        CollectorId id = idOf(node);
        CollectorView unheard = awaitView(id, view -> view.membership() == Membership.MEMBER);
        assertThat(unheard)
                .isEqualTo(new CollectorView(id, 10, Membership.MEMBER, true, Path.UNKNOWN, Readiness.WAITING));

        ActorRef<Receivers.Command> receivers = startReceivers(node);
        awaitView(id, view -> view.path() == Path.ALIVE && view.readiness() == Readiness.WAITING);
        receivers.tell(new Receivers.Ready(true));
        assertThat(awaitView(id, view -> view.readiness() == Readiness.READY).ready())
                .isTrue();
        int before = greetings.get();
        receivers.tell(new Receivers.Ready(false));
        awaitView(id, view -> view.readiness() == Readiness.WAITING);
        receivers.tell(new Receivers.Ready(true));
        awaitView(id, view -> view.readiness() == Readiness.SETTLING);
        awaitView(id, view -> view.readiness() == Readiness.READY);
        assertThat(greetings.get() - before)
                .as("one that said that it is not ready, and enough that said that it is")
                .isGreaterThan(CollectorDirectory.SETTLED_AFTER);
        receivers.tell(
                new Receivers.Drain(node.<Receivers.Drained>createTestProbe().ref()));
        awaitView(id, view -> view.readiness() == Readiness.DRAINING);

        silent = true;
        awaitView(id, view -> view.path() == Path.LATE);
        CollectorView broken = awaitView(id, view -> view.path() == Path.BROKEN);
        assertThat(broken.membership()).isEqualTo(Membership.MEMBER);
        assertThat(broken.reachable()).as("the cluster says all is well").isTrue();

        silent = false;
        awaitView(id, view -> view.path() == Path.ALIVE && view.readiness() == Readiness.DRAINING);
    }

    /** So nobody waits for its first answer without end. */
    @Test
    void shouldFindACollectorBrokenThatNeverAnswers() {
        CollectorId id = idOf(join("collector", "priority-10"));

        awaitView(id, view -> view.path() == Path.UNKNOWN && view.membership() == Membership.MEMBER);
        CollectorView broken = awaitView(id, view -> view.path() == Path.BROKEN);

        assertThat(broken.reachable()).isTrue();
        assertThat(broken.membership()).isEqualTo(Membership.MEMBER);
    }

    @Test
    void shouldListCollectorsAloneAndForgetThoseThatLeave() {
        join("agent");
        ActorTestKit named = join("collector", "priority-3");
        ActorTestKit plain = join("collector");
        awaitView(idOf(named), view -> view.membership() == Membership.MEMBER);
        awaitView(idOf(plain), view -> view.membership() == Membership.MEMBER);
        CollectorDirectory.Collectors both = await(now ->
                now.all().size() == 2 && now.all().stream().allMatch(view -> view.membership() == Membership.MEMBER));
        assertThat(both.all())
                .extracting(CollectorView::id, CollectorView::priority)
                .containsExactlyInAnyOrder(tuple(idOf(named), 3), tuple(idOf(plain), 0));

        Cluster.get(named.system()).manager().tell(Leave.create(address(named)));

        awaitView(idOf(named), view -> view.membership() == Membership.GOING);
        assertThat(await(now -> now.all().size() == 1).all())
                .extracting(CollectorView::id)
                .containsExactly(idOf(plain));
    }

    @Test
    void shouldGiveACollectorThePriorityThatThisAgentHasForIt() {
        TestProbe<CollectorDirectory.Collectors> own = agent.createTestProbe();
        Tiers tiers = new Tiers(Map.of("node04", 7));
        agent.spawn(CollectorDirectory.create(tiers)).tell(new CollectorDirectory.Watch(own.ref()));
        ActorTestKit node = join("collector", "priority-3", Roles.node("node04"));

        CollectorDirectory.Collectors known = own.fishForMessage(
                        PATIENCE,
                        news -> news.all().isEmpty() ? FishingOutcomes.continueAndIgnore() : FishingOutcomes.complete())
                .get(0);

        assertThat(known.all())
                .extracting(CollectorView::id, CollectorView::priority)
                .containsExactly(tuple(idOf(node), 7));
    }

    /** Its closed socket says so, with the failure detector still sure of it. */
    @Test
    void shouldFindACollectorBrokenThatDiedWithoutAWordAndTellTheCluster() {
        ActorTestKit node = join("collector", "priority-10");
        CollectorId id = idOf(node);
        startReceivers(node);
        awaitView(id, view -> view.path() == Path.ALIVE && view.membership() == Membership.MEMBER);

        node.shutdownTestKit();

        CollectorView broken = awaitView(id, view -> view.path() == Path.BROKEN);
        assertThat(broken.membership()).isEqualTo(Membership.MEMBER);
        assertThat(broken.reachable()).isTrue();
        await(now -> now.all().isEmpty());
    }

    /** In its cluster no newcomer gets beyond joining: who leads it acts once, when it forms it. */
    @Test
    void shouldHaveACollectorThatAnswersWhileItIsJoining() {
        String still = """
                pekko.cluster {
                  leader-actions-interval = 1 h
                  allow-weakly-up-members = off
                }
                """ + CLUSTER.replace("leader-actions-interval = 100 ms", "");
        ActorTestKit alone = create(still, "agent");
        join(alone, alone);
        alone.spawn(CollectorDirectory.create(Tiers.AS_ANNOUNCED)).tell(new CollectorDirectory.Watch(news.ref()));
        ActorTestKit node = create(still, "collector", "priority-10");
        startReceivers(node).tell(new Receivers.Ready(true));

        join(node, alone);

        CollectorView joining = awaitView(idOf(node), CollectorView::alive);
        assertThat(joining.membership()).isEqualTo(Membership.JOINING);
        assertThat(RouteDecision.decide(last.all(), new LaneId("node01", "weblogs", "c1"), Optional.empty()))
                .contains(idOf(node));
        // It may answer before it has heard itself that it is one of them.
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Cluster.get(node.system()).selfMember().status().equals(MemberStatus.joining()));
    }

    private ActorTestKit join(String... roles) {
        ActorTestKit node = create(CLUSTER, roles);
        join(node, nodes.get(0));
        return node;
    }

    private static void join(ActorTestKit node, ActorTestKit member) {
        Cluster.get(node.system()).manager().tell(Join.create(address(member)));
    }

    private ActorTestKit create(String cluster, String... roles) {
        Config config = ConfigFactory.parseMap(Map.of("pekko.cluster.roles", List.of(roles)))
                .withFallback(ConfigFactory.parseString(cluster))
                .withFallback(ConfigFactory.load());
        ActorTestKit node = ActorTestKit.create("millrace", config);
        nodes.add(node);
        return node;
    }

    private static Address address(ActorTestKit node) {
        return Cluster.get(node.system()).selfMember().address();
    }

    private static long uidOf(ActorTestKit node) {
        return Cluster.get(node.system()).selfMember().uniqueAddress().longUid();
    }

    private static CollectorId idOf(ActorTestKit node) {
        return new CollectorId(address(node).toString(), uidOf(node));
    }

    /** Receivers behind a door that lets nothing through while {@link #silent}. */
    private ActorRef<Receivers.Command> startReceivers(ActorTestKit node) {
        ActorRef<Receivers.Command> receivers = node.spawn(Receivers.create(
                uidOf(node), Samples.inlet(Map.of()), new DeliverySettings(1 << 20), Telemetry.inMemory()));
        Behavior<Delivery.ToReceivers> door = Behaviors.receiveMessage(message -> {
            if (!silent) {
                greetings.incrementAndGet();
                receivers.tell(message);
            }
            return Behaviors.same();
        });
        node.system().systemActorOf(door, Delivery.RECEIVERS_NAME, Props.empty());
        return receivers;
    }

    private CollectorView awaitView(CollectorId id, Predicate<CollectorView> wanted) {
        return find(await(now -> find(now, id).filter(wanted).isPresent()), id).orElseThrow();
    }

    private static Optional<CollectorView> find(CollectorDirectory.Collectors collectors, CollectorId id) {
        return collectors.all().stream().filter(view -> view.id().equals(id)).findFirst();
    }

    /** The first news that says it, what was told last among them. */
    private CollectorDirectory.Collectors await(Predicate<CollectorDirectory.Collectors> wanted) {
        while (!wanted.test(last)) {
            last = news.expectMessageClass(CollectorDirectory.Collectors.class, PATIENCE);
        }
        return last;
    }
}
