package org.millrace.collector;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.millrace.clusterconfig.NodeProgram;
import org.millrace.route.Roles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code millrace collector}. */
@Command(
        name = "millrace collector",
        mixinStandardHelpOptions = true,
        description = "Runs a collector: receives from the agents of its cluster and stores in Kafka and HDFS.")
public final class CollectorMain implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the node's configuration (HOCON)")
    private Path config;

    private CollectorMain() {}

    /** Runs the collector and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CollectorMain()).execute(args));
    }

    @Override
    public Integer call() {
        return NodeProgram.run(
                config,
                (root, telemetry, problems) -> {
                    CollectorSettings settings = CollectorSettings.from(root, problems);
                    return new NodeProgram.Node<CollectorNode.Command>(
                            Set.of(Roles.COLLECTOR, Roles.priority(settings.priority()), Roles.node(settings.name())),
                            () -> CollectorNode.create(settings, telemetry),
                            (system, limit) -> AskPattern.ask(
                                    system,
                                    replyTo -> new CollectorNode.Drain(limit, replyTo),
                                    limit.multipliedBy(2).plusSeconds(10),
                                    system.scheduler()),
                            settings.drainLimit());
                },
                System.err);
    }
}
