package org.millrace.agent;

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

/** The program {@code millrace agent}. */
@Command(
        name = "millrace agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs an agent: reads its sources and delivers to the collectors of its cluster, or to Flume's.")
public final class AgentMain implements Callable<Integer> {
    @Mixin
    private ConfigOptions config;

    private AgentMain() {}

    /** Runs the agent and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Its options, for who completes or documents them. */
    public static CommandLine commandLine() {
        return new CommandLine(new AgentMain());
    }

    @Override
    public Integer call() {
        return NodeProgram.run(
                config.source(Optional.of(FlumeKind.AGENT)),
                (root, telemetry, problems) -> {
                    AgentSettings settings = AgentSettings.from(root, problems);
                    return new NodeProgram.Node<AgentNode.Command>(
                            settings.joinsCluster() ? Set.of(Roles.AGENT, Roles.node(settings.name())) : Set.of(),
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
