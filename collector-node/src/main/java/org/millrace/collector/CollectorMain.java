package org.millrace.collector;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.millrace.clusterconfig.NodeProgram;
import org.millrace.flume.ConfigOptions;
import org.millrace.flume.FlumeKind;
import org.millrace.route.Roles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The program {@code millrace collector}. */
@Command(
        name = "millrace collector",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs a collector: receives from the agents of its cluster and stores in Kafka and HDFS.")
public final class CollectorMain implements Callable<Integer> {
    @Mixin
    private ConfigOptions config;

    private CollectorMain() {}

    /** Runs the collector and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Its options, for who completes or documents them. */
    public static CommandLine commandLine() {
        return new CommandLine(new CollectorMain());
    }

    @Override
    public Integer call() {
        return NodeProgram.run(
                config.source(Optional.of(FlumeKind.COLLECTOR)),
                (root, telemetry, problems) -> {
                    CollectorSettings settings = CollectorSettings.from(root, problems);
                    return new NodeProgram.Node<CollectorNode.Command>(
                            Set.of(Roles.COLLECTOR, Roles.priority(settings.priority()), Roles.node(settings.name())),
                            () -> {
                                StoreRehearsal.begin(settings.sinks());
                                return CollectorNode.create(settings, telemetry);
                            },
                            (system, limit) -> AskPattern.ask(
                                    system,
                                    replyTo -> new CollectorNode.Drain(limit, replyTo),
                                    limit.plusSeconds(10),
                                    system.scheduler()),
                            settings.drainLimit());
                },
                System.err);
    }
}
