package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.channel.Transaction;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.delivery.Delivery;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.SourceId;
import org.millrace.settings.ConfigProblems;
import org.millrace.sink.Store;
import org.millrace.telemetry.Telemetry;

/** A collector that is told to end while its store hangs. */
class CollectorDrainTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final ActorTestKit kit = ActorTestKit.create(
            ClusterConfig.SYSTEM_NAME,
            ClusterConfig.systemConfig(
                    new ClusterSettings("127.0.0.1", 0, Optional.empty(), List.of()), Set.of(), ConfigFactory.load()));
    private final HangingStore store = new HangingStore();
    private final TestProbe<Delivery.ToLane> agent = kit.createTestProbe();

    @TempDir
    private Path state;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldGiveUpWhatWaitsWhenItIsToldASecondTime() {
        ActorRef<CollectorNode.Command> collector = kit.spawn(CollectorNode.create(settings(), Telemetry.inMemory()));
        deliverOneBatch();
        await().atMost(LONG).until(() -> store.taken.get() == 1);
        TestProbe<Done> first = kit.createTestProbe();
        TestProbe<Done> second = kit.createTestProbe();

        collector.tell(new CollectorNode.Drain(FOR_EVER, first.ref()));
        agent.fishForMessage(
                LONG,
                message -> message instanceof Delivery.Draining
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());
        first.expectNoMessage(Duration.ofMillis(1));
        collector.tell(new CollectorNode.Drain(Duration.ZERO, second.ref()));

        assertThat(first.receiveMessage(LONG)).isNotNull();
        assertThat(second.receiveMessage(LONG)).isNotNull();
        collector.tell(new CollectorNode.Drain(Duration.ZERO, second.ref()));
        assertThat(second.receiveMessage(LONG)).as("it has ended before").isNotNull();
    }

    private void deliverOneBatch() {
        String path = Cluster.get(kit.system()).selfMember().address() + "/system/" + Delivery.RECEIVERS_NAME;
        // Asked again and again, as an agent does: the collector is only about to start.
        Delivery.LaneOpened opened = agent.awaitAssert(LONG, () -> {
            ActorRef<Delivery.ToReceivers> receivers =
                    ActorRefResolver.get(kit.system()).resolveActorRef(path);
            receivers.tell(new Delivery.OpenLane(new LaneId("node01", "weblogs", "c1"), 7, 1, agent.ref()));
            return agent.expectMessageClass(Delivery.LaneOpened.class, Duration.ofMillis(200));
        });
        byte[] line = "line".getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder batch = EventBatch.builder(new SourceId("weblogs", 7), 1, 0, Map.of(), line);
        batch.add(0, line.length, 5);
        opened.receiver().tell(new Delivery.Deliver(1, 1, batch.build()));
    }

    private CollectorSettings settings() {
        String text = """
                millrace.node { name = node04, state-directory = "%s" }
                millrace.collector {
                  priority = 10
                  channels { files {} }
                  sinks { files { type = hdfs, channel = files, path = "file://%s" } }
                }
                """.formatted(state, state);
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings read = CollectorSettings.from(
                ConfigFactory.parseString(text)
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve(),
                problems);
        problems.throwIfAny();
        List<CollectorSettings.SinkPart> sinks = read.sinks().stream()
                .map(sink ->
                        new CollectorSettings.SinkPart(sink.common(), (node, deadLetters, telemetry, system) -> store))
                .toList();
        return new CollectorSettings(
                read.name(),
                read.priority(),
                read.interceptors(),
                read.selector(),
                read.sources(),
                read.channels(),
                sinks,
                read.delivery(),
                read.deadLetters(),
                read.drainLimit());
    }

    /** Answers, and never stores what it takes. */
    private static final class HangingStore implements Store {
        private final AtomicInteger taken = new AtomicInteger();

        @Override
        public CompletionStage<Done> probe() {
            return CompletableFuture.completedFuture(Done.getInstance());
        }

        @Override
        public Flow<Transaction, Transaction, NotUsed> flow() {
            return Flow.<Transaction>create().mapAsync(1, transaction -> {
                taken.incrementAndGet();
                return new CompletableFuture<>();
            });
        }
    }
}
