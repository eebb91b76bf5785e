package org.millrace.check;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.NodeReading;
import org.millrace.collector.CollectorSettings;
import org.millrace.flume.ConfigOptions;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSource;
import org.millrace.settings.InvalidConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The program {@code millrace check}. Reads a node's configuration as a start does and prints every
 * mistake. Exit codes: 0 when there is none, 2 otherwise.
 */
@Command(
        name = "millrace check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Says everything that is wrong with a node's configuration. Starts nothing, writes nothing.")
public final class CheckMain implements Callable<Integer> {
    private static final String AGENT = "millrace.agent";
    private static final String COLLECTOR = "millrace.collector";

    @Mixin
    private ConfigOptions config;

    private CheckMain() {}

    /** Checks and ends the JVM with the exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckMain()).execute(args));
    }

    @Override
    public Integer call() {
        return check(config.source(Optional.empty(), System.err), System.out, System.err);
    }

    /** Checks one configuration; the exit code. */
    static int check(ConfigSource source, PrintStream out, PrintStream err) {
        try {
            NodeReading<List<String>> reading =
                    NodeReading.of(source, (config, problems) -> readParts(source.name(), config, problems));
            out.println(source.name() + ": nothing is wrong with " + String.join(" and ", reading.own()) + " "
                    + reading.node().name());
            return 0;
        } catch (InvalidConfigException e) {
            NodeReading.print(e, source.name(), "a node would not start with it", err);
            return 2;
        }
    }

    /** Reads what the configuration is of; the names of that. */
    private static List<String> readParts(String name, Config config, ConfigProblems problems) {
        List<String> parts = new ArrayList<>();
        if (isWritten(config, AGENT)) {
            AgentSettings.from(config, problems);
            parts.add("agent");
        }
        if (isWritten(config, COLLECTOR)) {
            CollectorSettings.from(config, problems);
            parts.add("collector");
        }
        if (parts.isEmpty()) {
            problems.add(new ConfigProblem(
                    name,
                    "",
                    "has neither " + AGENT + " nor " + COLLECTOR + ", so it is the configuration of no node"));
        }
        return parts;
    }

    private static boolean isWritten(Config config, String path) {
        return config.hasPath(path)
                && !config.getValue(path)
                        .equals(ConfigFactory.defaultReference().getValue(path));
    }
}
