package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.event.EventBatch;
import org.millrace.sink.SinkRunner.Phase;
import org.millrace.sink.SinkRunner.Stopped;
import org.millrace.trial.KafkaServer;

/** Kafka goes away in every way it can while events flow, and comes back. */
class KafkaOutageTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.kafka-server.lib"));
    private static final int EVENTS_A_BATCH = 20;

    private static KafkaServer kafka;

    private Path directory;
    private String topic;
    private SinkUnderTest sink;

    @BeforeAll
    static void startKafka(@TempDir Path state) {
        kafka = KafkaServer.start(LIB, state);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start(@TempDir Path state, TestInfo test) {
        directory = state;
        topic = test.getTestMethod().orElseThrow().getName();
        // Made beforehand: on its first connection a client may wait for a topic that is being made.
        new Topics(kafka.bootstrapServers()).create(topic, Map.of());
        startSink();
    }

    private void startSink() {
        sink = SinkUnderTest.start(kafka.bootstrapServers(), directory, "topic = " + topic);
    }

    @AfterEach
    void stop() {
        sink.close();
    }

    @Test
    void shouldWaitForKafkaAtStart() {
        sink.close();
        kafka.stop();
        startSink();
        sink.put(batch(0), batch(1));
        await().atMost(Duration.ofSeconds(30)).until(() -> sink.state().phase() == Phase.RETRYING);
        assertThat(sink.state().reason()).startsWith("Kafka at " + kafka.bootstrapServers() + " does not answer: ");

        kafka.start();

        sink.awaitAllCommitted();
        assertThat(sink.state().phase()).isEqualTo(Phase.READY);
        assertThatTopicHasExactly(2);
    }

    @Test
    void shouldGoOnWithoutLossOrDuplicatesAfterAStop() {
        int batches = feedDuring(() -> {
            kafka.stop();
            kafka.start();
        });
        assertThat(sink.failures()).isZero();
        assertThatTopicHasExactly(batches);
    }

    @Test
    void shouldGoOnWithoutLossOrDuplicatesAfterAKill() {
        int batches = feedDuring(() -> {
            kafka.kill();
            kafka.start();
        });
        assertThat(sink.failures()).isZero();
        assertThatTopicHasExactly(batches);
    }

    @Test
    void shouldGoOnWithoutLossOrDuplicatesAfterAFreeze() {
        int batches = feedDuring(() -> {
            kafka.freeze();
            long stored = sink.storedEvents();
            await().during(Duration.ofSeconds(2)).until(() -> sink.storedEvents() - stored <= 64L * EVENTS_A_BATCH);
            kafka.thaw();
        });
        assertThat(sink.failures()).isZero();
        assertThatTopicHasExactly(batches);
    }

    @Test
    void shouldKnowThatKafkaIsAwayThoughNothingWaitsForIt() {
        sink.put(batch(0));
        sink.awaitAllCommitted();
        kafka.freeze();

        await().atMost(Duration.ofSeconds(30)).until(() -> sink.state().phase() == Phase.SILENT);

        kafka.thaw();
        await().atMost(Duration.ofSeconds(30)).until(() -> sink.state().phase() == Phase.READY);
        assertThat(sink.failures()).isZero();
    }

    @Test
    void shouldSayThatItStallsWhileKafkaIsGoneAndWhy() {
        sink.put(batch(0));
        sink.awaitAllCommitted();
        kafka.stop();
        sink.put(batch(1));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(sink.state().reason())
                        .startsWith("nothing stored for 10 s: Kafka at " + kafka.bootstrapServers()
                                + " does not answer: "));
        assertThat(sink.state().phase()).isEqualTo(Phase.STALLED);

        kafka.start();
        sink.awaitAllCommitted();
        await().atMost(Duration.ofSeconds(30)).until(() -> sink.state().phase() == Phase.READY);
        assertThat(sink.failures()).isZero();
        assertThatTopicHasExactly(2);
    }

    @Test
    void shouldStopWhileKafkaIsFrozenAndSendAgainLater() {
        sink.put(batch(0));
        sink.awaitAllCommitted();
        kafka.freeze();
        sink.put(batch(1), batch(2));
        await().until(() -> sink.meter("open.batches=2"));

        assertThat(sink.stop(Duration.ofMillis(300))).isEqualTo(new Stopped("k1", 2));

        kafka.thaw();
        sink.restart();
        sink.awaitAllCommitted();
        List<String> stored = new Topics(kafka.bootstrapServers()).readTexts(topic);
        assertThat(stored.subList(0, EVENTS_A_BATCH)).isEqualTo(expected(0, 1));
        assertThat(stored.subList(stored.size() - 2 * EVENTS_A_BATCH, stored.size()))
                .isEqualTo(expected(1, 3));
    }

    /** Feeds batches, a thousand a second, before, during and after an outage; waits for all of them. */
    private int feedDuring(Runnable outage) {
        AtomicInteger next = new AtomicInteger();
        ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
        try {
            Future<?> feeding = feeder.scheduleAtFixedRate(
                    () -> sink.put(batch(next.getAndIncrement())), 0, 1, TimeUnit.MILLISECONDS);
            await().until(() -> sink.storedEvents() > 200 * EVENTS_A_BATCH);
            outage.run();
            int back = next.get();
            await().until(() -> next.get() > back + 200);
            feeding.cancel(false);
            feeder.submit(() -> {}).get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } finally {
            feeder.shutdownNow();
        }
        sink.awaitAllCommitted();
        return next.get();
    }

    private void assertThatTopicHasExactly(int batches) {
        List<String> stored = new Topics(kafka.bootstrapServers()).readTexts(topic);
        List<String> expected = expected(0, batches);
        assertThat(stored).hasSameSizeAs(expected);
        assertThat(stored.equals(expected))
                .as("the same events in the same order")
                .isTrue();
    }

    private static List<String> expected(int from, int to) {
        List<String> bodies = new ArrayList<>();
        for (int batch = from; batch < to; batch++) {
            for (int i = 0; i < EVENTS_A_BATCH; i++) {
                bodies.add(batch + "-" + i);
            }
        }
        return bodies;
    }

    private static EventBatch batch(int number) {
        return Batches.of(
                number,
                IntStream.range(0, EVENTS_A_BATCH)
                        .mapToObj(i -> Batches.event(number + "-" + i))
                        .toArray(Batches.Content[]::new));
    }
}
