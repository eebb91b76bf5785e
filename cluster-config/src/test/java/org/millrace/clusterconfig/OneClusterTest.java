package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.route.Roles;
import org.millrace.trial.FreePorts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real nodes on real ports in one JVM; both collectors are seed nodes, the first of them first. How long
 * it took is in the test's log.
 */
@Tag("cluster")
class OneClusterTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** What the configuration says, so longer than any of these tests waits for. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private static final Duration IMPATIENT = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(OneClusterTest.class);

    @TempDir
    private Path directory;

    private final TestNetwork network = new TestNetwork();
    private final List<Integer> ports = FreePorts.take(5);
    private TestNode first;
    private TestNode second;
    private TestNode agent1;
    private TestNode agent2;
    private TestNode agent3;

    @AfterEach
    void stop() {
        Stream.of(first, second, agent1, agent2, agent3)
                .filter(node -> node != null && node.runs())
                .toList()
                .parallelStream()
                .forEach(TestNode::end);
    }

    @Test
    void shouldBeWholeAfterAPartitionThatNobodyWasDownedFor() {
        start(PATIENT);
        Map<String, Long> before = first.sees();

        network.cut(List.of(first, agent1), List.of(second, agent2, agent3));
        eventually("each side sees itself", () -> areOne(first, agent1) && areOne(second, agent2, agent3));
        network.heal();

        eventuallyOne(first, second, agent1, agent2, agent3);
        assertThat(first.sees()).isEqualTo(before);
    }

    @Test
    void shouldBecomeOneAfterAPartitionThatLeftTwo() {
        start(IMPATIENT);
        Map<String, Long> before = first.sees();

        network.cut(List.of(first, agent1), List.of(second, agent2, agent3));
        eventually(
                "the smaller side has formed a cluster of its own",
                () -> areOne(first, agent1) && areNew(before, first, agent1));
        long alone = first.uid();
        assertThat(second.sees()).hasSize(3);
        network.heal();

        eventuallyOne(first, second, agent1, agent2, agent3);
        assertThat(first.uid()).isNotEqualTo(alone);
        assertThat(areNew(before, second)).as("the larger side was restarted").isFalse();
        assertThat(areNew(before, agent2)).as("the larger side was restarted").isFalse();
    }

    @Test
    void shouldBecomeOneWhenTheFirstSeedNodeStartedAlone() {
        start(IMPATIENT);
        List<TestNode> others = List.of(second, agent1, agent2, agent3);
        first.crash(others);
        eventually("it is given up", () -> members(second).size() == 4);

        first.start();
        eventually("it forms a cluster of its own", () -> areOne(first));
        long alone = first.uid();
        network.heal();

        eventuallyOne(first, second, agent1, agent2, agent3);
        assertThat(first.uid()).isNotEqualTo(alone);
    }

    @Test
    void shouldLetANodeInThatIsBackOnItsAddress() {
        start(PATIENT);
        for (TestNode node : List.of(agent1, first)) {
            long before = node.uid();
            node.crash(others(node));
            network.heal();

            node.start();

            eventuallyOne(first, second, agent1, agent2, agent3);
            assertThat(node.uid()).isNotEqualTo(before);
        }
    }

    @Test
    void shouldLetANewNodeInWhileADeadOneIsListed() {
        create(PATIENT);
        Stream.of(first, second, agent1, agent2).forEach(TestNode::start);
        eventuallyOne(first, second, agent1, agent2);
        agent1.crash(List.of(first, second, agent2));

        agent3.start();

        eventuallyOne(first, second, agent2, agent3);
        assertThat(members(first))
                .containsKey(agent1.address())
                .containsEntry(agent3.address(), MemberStatus.weaklyUp());
    }

    @Test
    void shouldGatherWithASeedNodeThatRemembersNobodyAfterAllWereGone() throws IOException {
        start(IMPATIENT);
        List<TestNode> agents = List.of(agent1, agent2, agent3);
        network.cut(List.of(second), agents);
        first.crash(others(first));
        second.crash(agents);
        eventually(
                "the agents are among themselves",
                () -> agents.stream().allMatch(agent -> members(agent).size() == 3));
        long before = agent1.uid();

        Files.delete(first.stateDirectory().resolve("cluster-peers"));
        network.heal();
        first.start();

        eventuallyOne(first, agent1, agent2, agent3);
        assertThat(agent1.uid()).isEqualTo(before);
    }

    @Test
    void shouldGiveUpTheDeadWhenTheyDiedOneAfterTheOther() {
        start(IMPATIENT);
        Map<String, Long> before = first.sees();
        List<TestNode> agents = List.of(agent1, agent2, agent3);
        first.crash(others(first));
        eventually("the first is missed", () -> second.sees().size() == 4);
        second.crash(agents);

        eventually(
                "the agents are among themselves",
                () -> agents.stream().allMatch(agent -> members(agent).size() == 3));

        assertThat(agents).noneMatch(agent -> areNew(before, agent));
        network.heal();
        second.start();
        eventuallyOne(second, agent1, agent2, agent3);
    }

    /** A dead node is the clock: when it is given up, the link has been broken for longer than it takes. */
    @Test
    void shouldDownNobodyForALinkBetweenTwo() {
        start(IMPATIENT);
        Map<String, Long> before = first.sees();
        network.cut(List.of(first), List.of(agent1));
        eventually("it is noticed", () -> second.sees().size() == 3);
        agent3.crash(others(agent3));

        eventually(
                "the dead one is given up",
                () -> MemberStatus.down().equals(members(second).get(agent3.address())));

        List<TestNode> alive = List.of(first, second, agent1, agent2);
        assertThat(alive).noneMatch(node -> areNew(before, node));
        assertThat(alive)
                .allSatisfy(node -> assertThat(members(node))
                        .containsAllEntriesOf(alive.stream()
                                .collect(Collectors.toMap(TestNode::address, each -> MemberStatus.up()))));
        network.heal();
        eventuallyOne(first, second, agent1, agent2);
    }

    /** The cluster sees nobody off while a link is broken; the agent at its end makes way. */
    @Test
    void shouldLetANodeInThatIsBackWhileALinkIsBroken() {
        start(IMPATIENT);
        Map<String, Long> before = first.sees();
        network.cut(List.of(first), List.of(agent1));
        eventually("it is noticed", () -> second.sees().size() == 3);

        agent3.end();
        agent3.start();

        eventually(
                "it is in",
                () -> agent3.runs()
                        && Long.valueOf(agent3.uid()).equals(second.sees().get(agent3.address())));
        assertThat(List.of(first, second, agent2)).noneMatch(node -> areNew(before, node));
        network.heal();
        eventuallyOne(first, second, agent1, agent2, agent3);
    }

    @Test
    void shouldStartAnewWhenAMemberHasGivenItUp() {
        create(PATIENT);
        Stream.of(first, second, agent1).forEach(TestNode::start);
        eventuallyOne(first, second, agent1);
        long before = agent1.uid();

        network.quarantine(first, agent1);

        eventually("it has started anew", () -> agent1.runs() && agent1.uid() != before);
        eventuallyOne(first, second, agent1);
    }

    @Test
    void shouldFormAClusterWithoutTheFirstSeedNode() {
        create(PATIENT);
        Stream.of(second, agent1).forEach(TestNode::start);

        eventuallyOne(second, agent1);

        first.start();
        eventuallyOne(first, second, agent1);
    }

    @Test
    void shouldEndWhenToldToWhileItJoins() {
        create(PATIENT);
        agent1.start();
        eventually("it has started", agent1::runs);

        assertThat(agent1.end()).isTrue();
    }

    private void create(Duration patience) {
        first = node("node04", 0, Roles.COLLECTOR, patience);
        second = node("node05", 1, Roles.COLLECTOR, patience);
        agent1 = node("node01", 2, Roles.AGENT, patience);
        agent2 = node("node02", 3, Roles.AGENT, patience);
        agent3 = node("node03", 4, Roles.AGENT, patience);
    }

    private void start(Duration patience) {
        create(patience);
        Stream.of(first, second, agent1, agent2, agent3).forEach(TestNode::start);
        eventuallyOne(first, second, agent1, agent2, agent3);
        eventually(
                "all remember",
                () -> Stream.of(first, second, agent1, agent2, agent3)
                        .allMatch(node -> new RememberedPeers(node.stateDirectory())
                                        .read()
                                        .size()
                                == 4));
    }

    private TestNode node(String name, int port, String role, Duration patience) {
        List<String> seeds =
                ports.subList(0, 2).stream().map(seed -> "127.0.0.1:" + seed).toList();
        return new TestNode(
                network,
                new NodeSettings(name, directory.resolve(name), Duration.ZERO),
                new ClusterSettings("127.0.0.1", ports.get(port), Optional.empty(), seeds),
                role,
                patience);
    }

    private List<TestNode> others(TestNode node) {
        return Stream.of(first, second, agent1, agent2, agent3)
                .filter(other -> other != node)
                .toList();
    }

    private static void eventuallyOne(TestNode... nodes) {
        eventually("they are one cluster: " + List.of(nodes), () -> areOne(nodes));
    }

    private static void eventually(String what, Callable<Boolean> condition) {
        long start = System.nanoTime();
        await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(condition);
        LOG.info("after {} ms: {}", (System.nanoTime() - start) / 1_000_000, what);
    }

    /** Whether each of them sees just these, and as what they are now. */
    private static boolean areOne(TestNode... nodes) {
        if (!Stream.of(nodes).allMatch(TestNode::runs)) {
            return false;
        }
        Map<String, Long> all = new TreeMap<>();
        Stream.of(nodes).forEach(node -> all.put(node.address(), node.uid()));
        return Stream.of(nodes).allMatch(node -> node.sees().equals(all));
    }

    private static boolean areNew(Map<String, Long> before, TestNode... nodes) {
        return Stream.of(nodes).noneMatch(node -> before.get(node.address()) == node.uid());
    }

    private static Map<String, MemberStatus> members(TestNode node) {
        return Stream.of(node)
                .filter(TestNode::runs)
                .flatMap(each -> {
                    Stream.Builder<Member> members = Stream.builder();
                    Cluster.get(each.system()).state().getMembers().forEach(members::add);
                    return members.build();
                })
                .collect(Collectors.toMap(member -> member.address().toString(), Member::status));
    }
}
