package org.millrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.delivery.Delivery;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.route.Roles;
import org.millrace.settings.ConfigProblems;
import org.millrace.telemetry.Telemetry;

/** An agent that is told to end with events that nobody has acknowledged. */
class AgentDrainTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final ActorTestKit kit = ActorTestKit.create(
            ClusterConfig.SYSTEM_NAME,
            ClusterConfig.systemConfig(
                    new ClusterSettings("127.0.0.1", 0, Optional.empty(), List.of()),
                    Set.of(Roles.COLLECTOR, Roles.priority(10)),
                    ConfigFactory.load()));
    private final Telemetry telemetry = Telemetry.inMemory();
    private final TestProbe<Done> drained = kit.createTestProbe();
    private ActorRef<AgentNode.Command> agent;

    @TempDir
    private Path directory;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectory(directory.resolve("spool"));
        Files.writeString(directory.resolve("a.log"), "one\ntwo\n");
        Files.move(directory.resolve("a.log"), directory.resolve("spool/a.log"));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldNotWaitWhenNoCollectorIsThere() {
        agent = kit.spawn(AgentNode.create(settings(), telemetry));
        awaitRead();

        agent.tell(new AgentNode.Drain(FOR_EVER, drained.ref()));

        assertThat(drained.receiveMessage(LONG)).isNotNull();
        assertThat(directory.resolve("spool/a.log")).exists();
    }

    /** The collector answers greetings and takes nothing, in the agent's own actor system. */
    @Test
    void shouldWaitForACollectorAndOnlyForAsLongAsItAnswers() {
        AtomicBoolean silent = new AtomicBoolean();
        AtomicBoolean asked = new AtomicBoolean();
        long uid = Cluster.get(kit.system()).selfMember().uniqueAddress().longUid();
        Behavior<Delivery.ToReceivers> collector = Behaviors.receiveMessage(message -> {
            if (message instanceof Delivery.OpenLane) {
                asked.set(true);
            } else if (message instanceof Delivery.Greet greet && !silent.get()) {
                greet.replyTo().tell(new Delivery.Greeting(uid, Readiness.READY));
            }
            return Behaviors.same();
        });
        kit.system().systemActorOf(collector, Delivery.RECEIVERS_NAME, Props.empty());
        Cluster.get(kit.system())
                .manager()
                .tell(Join.create(Cluster.get(kit.system()).selfMember().address()));
        agent = kit.spawn(AgentNode.create(settings(), telemetry));
        awaitRead();
        await().atMost(LONG).until(asked::get);

        agent.tell(new AgentNode.Drain(FOR_EVER, drained.ref()));
        drained.expectNoMessage(Duration.ofMillis(100));
        silent.set(true);

        assertThat(drained.receiveMessage(LONG)).isNotNull();
    }

    private void awaitRead() {
        await().atMost(LONG).until(() -> telemetry.total("channel", "held.events") == 2);
    }

    private AgentSettings settings() {
        String text = """
                millrace.node { name = node01, state-directory = "%s" }
                millrace.agent {
                  sources { weblogs { type = spool-directory, directory = "%s", channels = [c1] } }
                  channels { c1 {} }
                }
                """.formatted(directory.resolve("state"), directory.resolve("spool"));
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(
                ConfigFactory.parseString(text)
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve(),
                problems);
        problems.throwIfAny();
        return settings;
    }
}
