package org.millrace.system;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.millrace.agent.AgentNode;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.collector.CollectorNode;
import org.millrace.collector.CollectorSettings;
import org.millrace.route.Roles;
import org.millrace.settings.ConfigProblems;
import org.millrace.telemetry.Telemetry;
import org.millrace.trial.FreePorts;

/** A collector and agents in actor systems of their own, in this process, as a user's program has them. */
final class EmbeddedNodes implements AutoCloseable {
    private final List<ActorSystem<?>> systems = new ArrayList<>();
    private final Path directory;
    private final List<Integer> ports = FreePorts.take(2);
    private final Telemetry agentTelemetry = Telemetry.inMemory();
    private final Telemetry collectorTelemetry = Telemetry.inMemory();

    /**
     * No node yet.
     *
     * @param directory for their state
     */
    EmbeddedNodes(Path directory) {
        this.directory = directory;
    }

    /** A collector with the keys of {@code millrace.collector}; the first member of the cluster. */
    ActorSystem<CollectorNode.Command> startCollector(String keys) {
        Config own = config("node04", ports.get(0), "millrace.collector { priority = 10\n" + keys + "}");
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings settings = CollectorSettings.from(own, problems);
        Set<String> roles = Set.of(Roles.COLLECTOR, Roles.priority(settings.priority()));
        return start(own, problems, roles, CollectorNode.create(settings, collectorTelemetry));
    }

    /** An agent with the keys of {@code millrace.agent}. */
    ActorSystem<AgentNode.Command> startAgent(String keys) {
        Config own = config("node01", ports.get(1), "millrace.agent {" + keys + "}");
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(own, problems);
        return start(own, problems, Set.of(Roles.AGENT), AgentNode.create(settings, agentTelemetry));
    }

    private <C> ActorSystem<C> start(Config own, ConfigProblems problems, Set<String> roles, Behavior<C> node) {
        ClusterSettings cluster = ClusterSettings.from(own, problems);
        problems.throwIfAny();
        ActorSystem<C> system = ActorSystem.create(
                underAParent(node), ClusterConfig.SYSTEM_NAME, ClusterConfig.systemConfig(cluster, roles, own));
        systems.add(system);
        return system;
    }

    Telemetry agentTelemetry() {
        return agentTelemetry;
    }

    Telemetry collectorTelemetry() {
        return collectorTelemetry;
    }

    @Override
    public void close() {
        for (ActorSystem<?> system : systems) {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    /** A program's own guardian, which has the node as a child and passes on what it is told. */
    private static <C> Behavior<C> underAParent(Behavior<C> node) {
        return Behaviors.setup(context -> {
            ActorRef<C> child = context.spawn(node, "millrace");
            return Behaviors.receiveMessage(message -> {
                child.tell(message);
                return Behaviors.same();
            });
        });
    }

    private Config config(String name, int port, String node) {
        return ConfigFactory.parseString(
                        """
                        millrace.node { name = %s, state-directory = "%s" }
                        millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                        """.formatted(name, directory.resolve("state-" + name), port, ports.get(0)) + node)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }
}
