package org.millrace.clusterconfig;

import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.millrace.channel.Inlet;
import org.millrace.delivery.CollectorDirectory;
import org.millrace.delivery.Delivery;
import org.millrace.delivery.DeliverySettings;
import org.millrace.delivery.Receivers;
import org.millrace.flow.Selector;
import org.millrace.route.Roles;
import org.millrace.route.Tiers;
import org.millrace.telemetry.Telemetry;

/**
 * Members of a cluster that have nothing to carry, in one process: all that {@link NodeProgram} runs but
 * sources, channels and stores. Answers the questions of {@link ClusterCosts} that come on standard input,
 * and ends with it.
 */
final class MemberProcess {
    /** Members 1 and 2 are the collectors and the seed nodes. */
    static final int COLLECTORS = 2;

    /** Ports that the system gives to connections begin well above it. */
    private static final int PORT = 2552;

    /** More that start at the same time would keep each other from it. */
    private static final int AT_ONCE = 12;

    private static final int SLOWER = Integer.getInteger("millrace.slower", 1);

    private static final List<String> INTERVALS = List.of(
            "pekko.cluster.failure-detector.heartbeat-interval",
            "pekko.cluster.gossip-interval",
            "pekko.cluster.leader-actions-interval",
            "pekko.cluster.unreachable-nodes-reaper-interval");

    private final List<NodeRun<?>> members = new ArrayList<>();

    private MemberProcess() {}

    /**
     * Arguments: a directory, how long a member must be out of reach to be given up, the number of the
     * first member here, and how many there are.
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        MemberProcess process = new MemberProcess();
        int first = Integer.parseInt(args[2]);
        IntStream.range(first, first + Integer.parseInt(args[3])).forEach(number -> {
            process.start(Path.of(args[0]), args[1], number);
            if (process.members.size() % AT_ONCE == 0) {
                await().atMost(Duration.ofMinutes(2)).until(process::areUp);
            }
        });
        try (BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                answers.println(process.answer(question.split(" ", -1)));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static String host(int number) {
        return "127.0.1." + number;
    }

    private void start(Path directory, String patience, int number) {
        String name = "member%04d".formatted(number);
        Config config = ConfigFactory.parseString(
                        """
                pekko.remote.artery.advanced.instruments = ["%s"]
                pekko.cluster.larger-side-stays.patience = %s
                pekko.cluster.jmx.enabled = off
                # Where many share the processors, one may have to wait for longer than on a host of its own.
                pekko.cluster.failure-detector.acceptable-heartbeat-pause = %d s
                pekko.remote.artery.advanced.tcp.connection-timeout = %d s
                """.formatted(SentMessages.class.getName(), patience, 10 * SLOWER, 2 * SLOWER))
                .withFallback(slower());
        List<String> seeds = IntStream.rangeClosed(1, COLLECTORS)
                .mapToObj(seed -> host(seed) + ":" + PORT)
                .toList();
        NodeRun<Object> run = new NodeRun<>(
                new NodeSettings(name, directory.resolve(name), Duration.ZERO),
                Optional.of(new ClusterSettings(host(number), PORT, Optional.empty(), seeds)),
                number <= COLLECTORS ? collector(name, number) : agent(name),
                config,
                Telemetry.inMemory());
        members.add(run);
        new Thread(run::run, name).start();
    }

    /** The cluster's intervals, so many times as long as they are set. */
    private static Config slower() {
        Config set = ConfigFactory.parseResources(MemberProcess.class.getClassLoader(), "millrace-cluster.conf");
        Config slower = ConfigFactory.empty();
        for (String interval : INTERVALS) {
            long millis = set.getDuration(interval).multipliedBy(SLOWER).toMillis();
            slower = slower.withValue(interval, ConfigValueFactory.fromAnyRef(millis + " ms"));
        }
        return slower;
    }

    private static NodeProgram.Node<Object> agent(String name) {
        return node(Set.of(Roles.AGENT, Roles.node(name)), Behaviors.setup(context -> {
            context.spawn(CollectorDirectory.create(Tiers.AS_ANNOUNCED), "collectors");
            return Behaviors.ignore();
        }));
    }

    private static NodeProgram.Node<Object> collector(String name, int number) {
        return node(
                Set.of(Roles.COLLECTOR, Roles.priority(COLLECTORS - number), Roles.node(name)),
                Behaviors.setup(context -> {
                    ActorSystem<?> system = context.getSystem();
                    Telemetry telemetry = Telemetry.inMemory();
                    Inlet nowhere = new Inlet(
                            (batch, tally) -> Optional.of(batch),
                            Selector.replicating(List.of()),
                            Map.of(),
                            telemetry.part("flow", name));
                    long uid = Cluster.get(system).selfMember().uniqueAddress().longUid();
                    system.systemActorOf(
                                    Receivers.create(uid, nowhere, new DeliverySettings(1 << 20), telemetry),
                                    Delivery.RECEIVERS_NAME,
                                    Props.empty())
                            .tell(new Receivers.Ready(true));
                    return Behaviors.ignore();
                }));
    }

    private static NodeProgram.Node<Object> node(Set<String> roles, Behavior<Object> behavior) {
        return new NodeProgram.Node<>(
                roles,
                () -> behavior,
                (system, limit) -> CompletableFuture.completedFuture(Done.getInstance()),
                Duration.ofSeconds(1));
    }

    private String answer(String... question) {
        return switch (question[0]) {
            case "see" -> Long.toString(seers(Integer.parseInt(question[1]), Integer.parseInt(question[2])));
            case "sent" ->
                SentMessages.totals().entrySet().stream()
                        .map(type -> type.getKey() + ":" + type.getValue().messages() + ":"
                                + type.getValue().bytes())
                        .collect(Collectors.joining(" "));
            case "cpu" -> Long.toString(system().getProcessCpuTime());
            case "memory" -> memory();
            default -> throw new IllegalArgumentException("no such question: " + question[0]);
        };
    }

    private boolean areUp() {
        return members.stream()
                .map(NodeRun::current)
                .allMatch(system -> system != null
                        && Cluster.get(system).selfMember().status().equals(MemberStatus.up()));
    }

    private static UnixOperatingSystemMXBean system() {
        return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }

    private static String memory() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " "
                + system().getOpenFileDescriptorCount() + " "
                + ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** How many members here see so many others up, and know that all of these see the same. */
    private long seers(int reachable, int unreachable) {
        return members.stream()
                .map(NodeRun::current)
                .filter(system -> system != null && !system.whenTerminated().isCompleted())
                .filter(system -> sees(Cluster.get(system).state(), reachable, unreachable))
                .count();
    }

    private static boolean sees(CurrentClusterState state, int reachable, int unreachable) {
        int up = 0;
        for (Member member : state.getMembers()) {
            up += member.status().equals(MemberStatus.up()) ? 1 : 0;
        }
        return up == reachable + unreachable
                && state.getUnreachable().size() == unreachable
                && state.getSeenBy().size() == reachable;
    }
}
