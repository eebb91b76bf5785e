package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

/** The nodes as a program of one's own spawns them, with a store that needs no server. */
class EmbeddedTest {
    @TempDir
    private Path directory;

    private ActorSystem<?> agentSystem;
    private ActorSystem<?> collectorSystem;

    @AfterEach
    void stop() {
        for (ActorSystem<?> system : new ActorSystem<?>[] {agentSystem, collectorSystem}) {
            if (system != null) {
                system.terminate();
                system.getWhenTerminated().toCompletableFuture().join();
            }
        }
    }

    @Test
    void shouldCarryAFileFromAnAgentToACollectorInSystemsOfOnesOwn() throws IOException {
        List<Integer> ports = FreePorts.take(2);
        Path spool = Files.createDirectory(directory.resolve("spool"));
        Path store = directory.resolve("store");
        ActorRef<CollectorNode.Command> collector = startCollector(ports.get(0), store);
        startAgent(ports.get(1), ports.get(0), spool);
        String content = "first\r\n\n\u4e2d\u6587 line\nlast without newline";

        Path file = directory.resolve("a.log");
        Files.writeString(file, content);
        Files.move(file, spool.resolve("a.log"));

        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(spool.resolve("a.log.COMPLETED")));
        assertThat(stored(store)).isEqualTo(content + "\n");
        assertThat(names(store)).allMatch(name -> name.endsWith(".tmp"));

        AskPattern.<CollectorNode.Command, Done>ask(
                        collector,
                        replyTo -> new CollectorNode.Drain(Duration.ofSeconds(10), replyTo),
                        Duration.ofSeconds(20),
                        collectorSystem.scheduler())
                .toCompletableFuture()
                .join();
        assertThat(names(store)).hasSize(1).allMatch(name -> name.endsWith(".txt"));
        assertThat(stored(store)).isEqualTo(content + "\n");
    }

    private ActorRef<CollectorNode.Command> startCollector(int port, Path store) {
        Config own = config("""
                millrace.node { name = node04, state-directory = "%s" }
                millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                millrace.collector {
                  priority = 10
                  channels { files {} }
                  sinks { files { type = hdfs, channel = files, path = "file://%s", file-suffix = ".txt" } }
                }
                """.formatted(directory.resolve("state04"), port, port, store));
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings settings = CollectorSettings.from(own, problems);
        ClusterSettings cluster = ClusterSettings.from(own, problems);
        problems.throwIfAny();
        Config system =
                ClusterConfig.systemConfig(cluster, Set.of(Roles.COLLECTOR, Roles.priority(settings.priority())), own);
        ActorSystem<CollectorNode.Command> started = ActorSystem.create(
                underAParent(CollectorNode.create(settings, Telemetry.inMemory())), ClusterConfig.SYSTEM_NAME, system);
        collectorSystem = started;
        return started;
    }

    private void startAgent(int port, int seed, Path spool) {
        Config own = config("""
                millrace.node { name = node01, state-directory = "%s" }
                millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                millrace.agent {
                  sources { weblogs { type = spool-directory, directory = "%s", channels = [c1] } }
                  channels { c1 {} }
                }
                """.formatted(directory.resolve("state01"), port, seed, spool));
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(own, problems);
        ClusterSettings cluster = ClusterSettings.from(own, problems);
        problems.throwIfAny();
        Config system = ClusterConfig.systemConfig(cluster, Set.of(Roles.AGENT), own);
        agentSystem = ActorSystem.create(
                underAParent(AgentNode.create(settings, Telemetry.inMemory())), ClusterConfig.SYSTEM_NAME, system);
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

    private static Config config(String text) {
        return ConfigFactory.parseString(text)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }

    private static List<String> names(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String stored(Path store) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : names(store)) {
            all.append(Files.readString(store.resolve(name), StandardCharsets.UTF_8));
        }
        return all.toString();
    }
}
