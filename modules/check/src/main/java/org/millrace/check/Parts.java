package org.millrace.check;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.agent.AgentSettings;
import org.millrace.collector.CollectorSettings;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;

/** What a configuration is of: an agent, a collector, or both. */
record Parts(Optional<AgentSettings> agent, Optional<CollectorSettings> collector) {
    private static final String AGENT = "millrace.agent";
    private static final String COLLECTOR = "millrace.collector";

    /** Reads the parts that are written; {@code name} is the configuration's. */
    static Parts read(String name, Config config, ConfigProblems problems) {
        Parts parts = new Parts(
                isWritten(config, AGENT) ? Optional.of(AgentSettings.from(config, problems)) : Optional.empty(),
                isWritten(config, COLLECTOR)
                        ? Optional.of(CollectorSettings.from(config, problems))
                        : Optional.empty());
        if (parts.agent.isEmpty() && parts.collector.isEmpty()) {
            problems.add(new ConfigProblem(
                    name,
                    "",
                    "has neither " + AGENT + " nor " + COLLECTOR + ", so it is the configuration of no node"));
        }
        return parts;
    }

    /** Whether a node of these joins a cluster. */
    boolean joinCluster() {
        return collector.isPresent() || agent.map(AgentSettings::joinsCluster).orElse(true);
    }

    private static boolean isWritten(Config config, String path) {
        return config.hasPath(path)
                && !config.getValue(path)
                        .equals(ConfigFactory.defaultReference().getValue(path));
    }

    /** The words for them. */
    String names() {
        return Stream.of(agent.map(any -> "agent"), collector.map(any -> "collector"))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
    }
}
