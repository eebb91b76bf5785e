package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.agent.AgentNode;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.collector.CollectorNode;
import org.millrace.collector.CollectorSettings;
import org.millrace.route.Roles;
import org.millrace.settings.ConfigFile;
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
        startCollector(ports.get(0), store);
        startAgent(ports.get(1), ports.get(0), spool);
        String content = "first\r\n\n\u4e2d\u6587 line\nlast without newline";

        Path file = directory.resolve("a.log");
        Files.writeString(file, content);
        Files.move(file, spool.resolve("a.log"));

        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(spool.resolve("a.log.COMPLETED")));
        assertThat(stored(store)).isEqualTo(content + "\n");
        assertThat(names(store)).allMatch(name -> name.endsWith(".tmp"));

        ActorRef<CollectorNode.Command> collector =
                ActorRefResolver.get(collectorSystem).resolveActorRef("pekko://millrace/user/collector");
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent-node/src/main/java/org/millrace/agent/AgentNode.java",
                "collector-node/src/main/java/org/millrace/collector/CollectorNode.java"
            })
    void shouldRunTheExamplesOfTheDocumentation(String documented) throws IOException {
        String source = Files.readString(Path.of("../..").resolve(documented));
        Matcher example =
                Pattern.compile("<pre>\\{@code(.*?)}</pre>", Pattern.DOTALL).matcher(source);
        assertThat(example.find()).isTrue();
        String code = example.group(1).replaceAll("\n \\*", "\n");

        String here = Files.readString(Path.of("src/test/java/org/millrace/system/EmbeddedTest.java"));
        assertThat(here).containsIgnoringWhitespaces(code);
    }

    private void startCollector(int port, Path store) throws IOException {
        Path file = Files.writeString(
                directory.resolve("node04.conf"), """
                millrace.node { name = node04, state-directory = "%s" }
                millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                millrace.collector {
                  priority = 10
                  channels { files {} }
                  sinks { files { type = hdfs, channel = files, path = "file://%s", file-suffix = ".txt" } }
                }
                """.formatted(directory.resolve("state04"), port, port, store));
        // What follows stands in CollectorNode's documentation.
        Config config = ConfigFile.load(file);
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings settings = CollectorSettings.from(config, problems);
        ClusterSettings cluster = ClusterSettings.from(config, problems);
        problems.throwIfAny();
        Behavior<Void> guardian = Behaviors.setup(context -> {
            context.spawn(CollectorNode.create(settings, Telemetry.inMemory()), "collector");
            return Behaviors.empty();
        });
        Set<String> roles = Set.of(Roles.COLLECTOR, Roles.priority(settings.priority()), Roles.node(settings.name()));
        Config systemConfig = ClusterConfig.systemConfig(cluster, roles, config);
        ActorSystem<Void> system = ActorSystem.create(guardian, ClusterConfig.SYSTEM_NAME, systemConfig);
        collectorSystem = system;
    }

    private void startAgent(int port, int seed, Path spool) throws IOException {
        Path file = Files.writeString(
                directory.resolve("node01.conf"), """
                millrace.node { name = node01, state-directory = "%s" }
                millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                millrace.agent {
                  sources { weblogs { type = spool-directory, directory = "%s", channels = [c1] } }
                  channels { c1 {} }
                }
                """.formatted(directory.resolve("state01"), port, seed, spool));
        // What follows stands in AgentNode's documentation.
        Config config = ConfigFile.load(file);
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(config, problems);
        ClusterSettings cluster = ClusterSettings.from(config, problems);
        problems.throwIfAny();
        Behavior<Void> guardian = Behaviors.setup(context -> {
            context.spawn(AgentNode.create(settings, Telemetry.inMemory()), "agent");
            return Behaviors.empty();
        });
        Set<String> roles = Set.of(Roles.AGENT, Roles.node(settings.name()));
        Config systemConfig = ClusterConfig.systemConfig(cluster, roles, config);
        ActorSystem<Void> system = ActorSystem.create(guardian, ClusterConfig.SYSTEM_NAME, systemConfig);
        agentSystem = system;
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
