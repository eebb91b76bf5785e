package org.millrace.check;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.millrace.clusterconfig.NodeReading;
import org.millrace.flume.ConfigOptions;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigSource;
import org.millrace.settings.InvalidConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The program {@code millrace check}. Reads a node's configuration as a start does and prints every
 * mistake. Exit codes: 0 when there is none, 2 otherwise.
 */
@Command(
        name = "millrace check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Says everything that is wrong with a node's configuration. Ends with 0 when nothing is, and with"
                + " 2 otherwise. Starts nothing, writes nothing.")
public final class CheckMain implements Callable<Integer> {
    @Mixin
    private ConfigOptions config;

    @Option(
            names = "--probe",
            description = "also ask a collector's stores whether they could store, which makes the directories of its"
                    + " HDFS sinks, and connect to the seed nodes; whatever does not answer ends it with 2")
    private boolean probe;

    private CheckMain() {}

    /** Checks and ends the JVM with the exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new CheckMain());
    }

    @Override
    public Integer call() {
        return check(config.source(Optional.empty()), probe, System.out, System.err);
    }

    /** Checks one configuration; the exit code. */
    static int check(ConfigSource source, boolean probe, PrintStream out, PrintStream err) {
        try {
            NodeReading<Parts> reading = NodeReading.of(
                    source, (config, problems) -> Parts.read(source.name(), config, problems), Parts::joinCluster, err);
            List<ConfigProblem> silent = probe ? Probe.run(reading) : List.of();
            silent.forEach(problem -> err.println("error: " + problem));
            if (!silent.isEmpty()) {
                err.println(source.name() + ": " + silent.size()
                        + " of what it needs cannot be used; a node would start and wait for it");
                return 2;
            }
            out.println(
                    source.name() + ": nothing is wrong with " + reading.own().names() + " "
                            + reading.node().name()
                            + (probe ? ", and what it needs answers" : ""));
            return 0;
        } catch (InvalidConfigException e) {
            NodeReading.print(e, source.name(), "a node would not start with it", err);
            return 2;
        }
    }
}
