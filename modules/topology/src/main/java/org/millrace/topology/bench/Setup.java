package org.millrace.topology.bench;

import com.typesafe.config.ConfigUtil;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.millrace.topology.Topology;
import org.millrace.topology.feed.FedLane;

/**
 * The nodes and how they are set.
 *
 * @param collectors in one tier
 * @param warmUp lines that go through before anything is measured
 * @param agentOptions of its JVM
 * @param collectorOptions of their JVMs
 * @param agentSettings HOCON that wins over everything else
 * @param collectorSettings HOCON that wins over everything else
 */
record Setup(
        int collectors,
        int warmUp,
        String agentOptions,
        String collectorOptions,
        String agentSettings,
        String collectorSettings) {
    private static final int PRIORITY = 10;
    /** Nobody reads counters here each second, as the quickstart does. */
    private static final String USUAL_TELEMETRY = "millrace.telemetry.log-interval = 60 s\n";

    /** The lane that is always there; no other has a longer name. */
    static final String FIRST_SOURCE = "weblogs";

    /** The same with other collectors. */
    Setup withCollectors(int count) {
        return new Setup(count, warmUp, agentOptions, collectorOptions, agentSettings, collectorSettings);
    }

    /** The same with another warm-up. */
    Setup withWarmUp(int lines) {
        return new Setup(collectors, lines, agentOptions, collectorOptions, agentSettings, collectorSettings);
    }

    /** The same with more settings of the agent, over which those that it has win. */
    Setup withAgentSettings(String more) {
        return new Setup(
                collectors, warmUp, agentOptions, collectorOptions, more + "\n" + agentSettings, collectorSettings);
    }

    /** The most memory that the agent may have. */
    Optional<MemoryBound> agentBound() {
        return MemoryBound.of(agentOptions);
    }

    /** The most memory that a collector may have. */
    Optional<MemoryBound> collectorBound() {
        return MemoryBound.of(collectorOptions);
    }

    /** The lanes of an agent, below the directory of a topology. */
    static List<FedLane> lanes(Path directory, int count) {
        List<FedLane> lanes = new ArrayList<>();
        lanes.add(new FedLane(FIRST_SOURCE, directory.resolve("spool")));
        for (int i = 2; i <= count; i++) {
            String name = String.format(Locale.ROOT, "lane%02d", i);
            lanes.add(new FedLane(name, directory.resolve("spool-" + name)));
        }
        return lanes;
    }

    /**
     * Shapes a topology.
     *
     * @param onCompletion what the sources do with files that are stored, as they take it
     */
    Topology.Builder shape(Topology.Builder topology, List<FedLane> lanes, String onCompletion) {
        StringBuilder sources = new StringBuilder(USUAL_TELEMETRY);
        lanes.forEach(lane -> sources.append(source(lane, onCompletion)));
        return topology.priorities(Collections.nCopies(collectors, PRIORITY).toArray(Integer[]::new))
                .agentOptions(agentOptions + " " + GcLog.OPTION)
                .collectorOptions(collectorOptions + " " + GcLog.OPTION)
                .agentSettings(sources + agentSettings + "\n")
                .collectorSettings(USUAL_TELEMETRY + collectorSettings + "\n");
    }

    /** Files are handed over complete, so nothing is gained by waiting. */
    private static String source(FedLane lane, String onCompletion) {
        return """
                millrace.agent.sources.%s {
                  type = spool-directory, directory = %s, channels = [c1]
                  on-completion = %s, rest-time = 0 s
                }
                """.formatted(lane.name(), ConfigUtil.quoteString(lane.spool().toString()), onCompletion);
    }
}
