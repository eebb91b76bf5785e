package org.millrace.topology.drill;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.Installation;
import org.millrace.topology.Node;
import org.millrace.topology.Program;
import org.millrace.topology.StateDirectory;
import org.millrace.topology.TrialRun;
import org.millrace.topology.feed.FedLine;
import org.millrace.topology.feed.Feed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program {@code millrace drill}: starts three agents and two collectors with a real Kafka and HDFS,
 * feeds the agents numbered lines at a steady rate, lets things happen to the nodes, the links and the
 * stores, and prints what the stores then have.
 */
@Command(
        name = "millrace drill",
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        description = {
            "Starts five nodes, a real Kafka and a real HDFS on this machine, kills, freezes, stops and cuts off parts"
                    + " of it while lines go through, and prints a table of what the stores then have.",
            "Ends with 1 when a line was lost, and with 2 when it cannot be carried out. Links can be cut where"
                    + " bin/millrace can make a network namespace (unshare) and a packet filter (nft) is there."
        })
public final class Drill implements Callable<Integer> {
    private static final int STEADY_SECONDS = 2;

    /** Five JVMs that start on one machine keep it busy for so long; what breaks in a cluster that runs is shown. */
    private static final int WARM_UP_SECONDS = 20;

    /** Files are handed over complete, so nothing is gained by waiting. */
    private static final String AGENT_SETTINGS = """
            millrace.agent.sources.weblogs { on-completion = delete, rest-time = 0 s }
            """;
    /** As {@code bin/millrace} gives it; named here because a backlog must be more than it. */
    static final int AGENT_HEAP_MEBIBYTES = 128;
    /** So small that what waits for a store that is away for half a minute fills it. */
    static final int COLLECTOR_CHANNEL_MEBIBYTES = 4;
    /** What is left in use by the end of a scenario is left for good. */
    private static final String COLLECTOR_SETTINGS = """
            millrace.collector {
              channels { kafka.capacity-bytes = %1$d MiB, hdfs.capacity-bytes = %1$d MiB }
              sinks.hdfs.idle-close = 2 s
            }
            """.formatted(COLLECTOR_CHANNEL_MEBIBYTES);

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "only this one; may be given more than once, each time for one more")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2000",
            description = "lines a second, of all agents together; default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(
            names = "--node-options",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "more JVM options of all nodes")
    private String nodeOptions = "";

    @Option(names = "--list", description = "print the names of the scenarios and what happens in them, and end")
    private boolean list;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "where everything is kept; emptied first; default: target/drill in the checkout")
    private Path directory = Program.directory("drill");

    @Option(
            names = "--json",
            description =
                    "print the results as a JSON array, and nothing else; those so far where the drill cannot go on")
    private boolean json;

    private final PrintStream out = System.out;

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Program.run(new Drill(), args);
    }

    @Override
    public Integer call() {
        List<Scenario> scenarios = selected();
        if (list) {
            scenarios.forEach(scenario -> out.printf("%-13s %s%n", scenario.name(), scenario.story()));
            return 0;
        }
        StateDirectory state = StateDirectory.take(directory);
        state.empty();
        PrintStream chat = Program.chat(json);
        try (TrialRun run = TrialRun.start(
                        Installation.ofSystemProperties(),
                        state,
                        0,
                        0,
                        chat,
                        shape -> shape.agents(3)
                                .ownAddresses()
                                .agentSettings(AGENT_SETTINGS)
                                .agentOptions("-Xmx" + AGENT_HEAP_MEBIBYTES + "m " + nodeOptions)
                                .collectorOptions(nodeOptions)
                                .collectorSettings(COLLECTOR_SETTINGS));
                Feed feed = new Feed(
                        Ground.lanes(run.topology()),
                        FedLine.USUAL_LENGTH,
                        state.path().resolve("feed"));
                Readback readback = new Readback(run.topology())) {
            run.requireReady(Ground.PATIENCE);
            return carryOut(scenarios, new Ground(run, feed, rate, readback));
        }
    }

    private List<Scenario> selected() {
        List<Scenario> all = Scenarios.all();
        List<String> names = all.stream().map(Scenario::name).toList();
        List<String> unknown =
                only.stream().filter(name -> !names.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new CannotRunException(
                    "there is no scenario " + String.join(", ", unknown) + "; there are: " + String.join(", ", names));
        }
        return only.isEmpty()
                ? all
                : only.stream().map(name -> all.get(names.indexOf(name))).toList();
    }

    private int carryOut(List<Scenario> scenarios, Ground ground) {
        Report report = new Report(json, out, System.err);
        try {
            feedAtHome(ground, WARM_UP_SECONDS);
            ground.feed().stop();
            for (Scenario scenario : scenarios) {
                report.add(
                        scenario.kind() == Scenario.Kind.LINKS && !Links.canBeCut()
                                ? new Outcome.NotCarriedOut(
                                        scenario.name(),
                                        "links cannot be cut here; install nftables and iproute2, and let users make"
                                                + " network namespaces, or be root")
                                : carryOut(scenario, ground));
            }
        } finally {
            report.end();
        }
        return report.lossless() ? 0 : 1;
    }

    private static Result carryOut(Scenario scenario, Ground ground) {
        ground.begin();
        feedAtHome(ground, STEADY_SECONDS);
        if (scenario.kind() == Scenario.Kind.OWN_FEED) {
            ground.feed().stop();
            ground.awaitConsumed();
        }
        ground.begin();
        scenario.course().run(ground);
        ground.feed().stop();
        ground.awaitConsumed();
        ground.awaitNoFileInUse();
        ground.objectToEnded(ground.topology().nodes());
        Result result = Result.of(scenario, ground.findings(), ground.objections());
        startAgain(ground.topology().nodes());
        return result;
    }

    /** Begins to feed, and returns when every agent has delivered to node04 and so long has passed since. */
    private static void feedAtHome(Ground ground, int seconds) {
        ground.feedSteadily();
        ground.awaitDeliveryBy("node04");
        ground.pause(seconds);
    }

    /** Whatever a scenario left, the next one finds all nodes running. */
    private static void startAgain(List<Node> nodes) {
        List<Node> ended = new ArrayList<>(nodes);
        Collections.reverse(ended);
        ended.stream().filter(node -> !node.isAlive()).forEach(Node::start);
    }
}
