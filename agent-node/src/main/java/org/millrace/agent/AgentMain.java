package org.millrace.agent;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.millrace.clusterconfig.NodeProgram;
import org.millrace.route.Roles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code millrace agent}. */
@Command(
        name = "millrace agent",
        mixinStandardHelpOptions = true,
        description = "Runs an agent: reads its sources and delivers to the collectors of its cluster.")
public final class AgentMain implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the node's configuration (HOCON)")
    private Path config;

    private AgentMain() {}

    /** Runs the agent and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new AgentMain()).execute(args));
    }

    @Override
    public Integer call() {
        return NodeProgram.run(
                config,
                (root, telemetry, problems) -> {
                    AgentSettings settings = AgentSettings.from(root, problems);
                    return new NodeProgram.Node<AgentNode.Command>(
                            Set.of(Roles.AGENT, Roles.node(settings.name())),
                            () -> AgentNode.create(settings, telemetry),
                            (system, limit) -> AskPattern.ask(
                                    system,
                                    replyTo -> new AgentNode.Drain(limit, replyTo),
                                    limit.plusSeconds(10),
                                    system.scheduler()),
                            settings.drainLimit());
                },
                System.err);
    }
}
