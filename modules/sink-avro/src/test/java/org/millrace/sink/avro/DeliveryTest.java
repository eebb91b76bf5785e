package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.sink.SinkRunner.Phase;
import org.millrace.trial.FreePorts;

/** Flume's own nodes take what the sink delivers, and come and go as collectors do. */
class DeliveryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS_A_BATCH = 50;

    @TempDir
    Path directory;

    @Test
    void shouldDeliverEventsWithTheirHeadersInOrder() {
        try (FlumeCollector collector = FlumeCollector.start(directory);
                SinkUnderTest sink = SinkUnderTest.start("batch-events = 7, collectors { a { "
                        + "host = 127.0.0.1, port = " + collector.port() + " } }")) {
            sink.put(Batches.of(1, 20, Map.of("host", "node01")), Batches.of(2, 1));
            sink.awaitAllCommitted();

            List<String> expected = new ArrayList<>();
            Batches.bodies(1, 20).forEach(body -> expected.add("{host=node01} " + body));
            expected.add("{} 2-0");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(collector.lines()).isEqualTo(expected));
        }
    }

    @Test
    void shouldGoOnWithTheNextCollectorWhenOneIsKilledAndReturnLater() {
        try (FlumeCollector first = FlumeCollector.start(directory.resolve("first"));
                FlumeCollector second = FlumeCollector.start(directory.resolve("second"));
                SinkUnderTest sink = SinkUnderTest.start(
                        "collectors { %s, %s }".formatted(collector("a", first, 10), collector("b", second, 5)))) {
            Feed feed = new Feed(sink);
            feed.until(() -> sink.storedEvents() > 2_000);
            first.node().kill();
            long before = sink.storedEvents();
            feed.until(() -> sink.storedEvents() > before + 2_000);
            await().atMost(PATIENCE).until(() -> !second.lines().isEmpty());

            first.node().start();
            feed.until(() -> first.lines().stream().anyMatch(line -> feed.isNewerThan(line, before + 2_000)));
            sink.awaitAllCommitted();

            await().atMost(PATIENCE).until(() -> distinct(first, second).containsAll(feed.bodies()));
            assertThat(first.lines().size()
                            + second.lines().size()
                            - feed.bodies().size())
                    .as("events twice: at most the request that had no answer, of 50 events")
                    .isBetween(0, 100);
        }
    }

    @Test
    void shouldLeaveACollectorThatDoesNotAnswer() {
        try (FlumeCollector first = FlumeCollector.start(directory.resolve("first"));
                FlumeCollector second = FlumeCollector.start(directory.resolve("second"));
                SinkUnderTest sink =
                        SinkUnderTest.start("request-timeout = 1 s, connect-timeout = 1 s, collectors { %s, %s }"
                                .formatted(collector("a", first, 10), collector("b", second, 5)))) {
            sink.put(Batches.of(1, EVENTS_A_BATCH));
            sink.awaitAllCommitted();
            first.node().freeze();

            sink.put(Batches.of(2, EVENTS_A_BATCH));
            sink.awaitAllCommitted();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(bodies(second)).containsAll(Batches.bodies(2, EVENTS_A_BATCH)));
        }
    }

    @Test
    void shouldMakeRequestsSmallerForACollectorThatRefusesThem() {
        try (FlumeCollector collector =
                        FlumeCollector.startInMemory(directory, true, "capacity = 1000", "transactionCapacity = 10");
                SinkUnderTest sink =
                        SinkUnderTest.start("batch-events = 64, collectors { " + collector("a", collector, 0) + " }")) {
            sink.put(Batches.of(1, 300));
            sink.awaitAllCommitted();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(bodies(collector)).isEqualTo(Batches.bodies(1, 300)));
        }
    }

    @Test
    void shouldWaitForAFullCollectorAndPreferAnotherThatHasRoom() {
        String full = "capacity = 10";
        String impatient = "keep-alive = 0";
        try (FlumeCollector first = FlumeCollector.startInMemory(
                        directory.resolve("first"), false, full, "transactionCapacity = 10", impatient);
                FlumeCollector second = FlumeCollector.start(directory.resolve("second"));
                SinkUnderTest sink = SinkUnderTest.start(
                        "collectors { %s, %s }".formatted(collector("a", first, 10), collector("b", second, 5)))) {
            sink.put(Batches.of(1, 300));
            sink.awaitAllCommitted();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(bodies(second)).hasSizeBetween(290, 300));

            second.node().kill();
            sink.put(Batches.of(2, 1));
            await().during(Duration.ofSeconds(2)).until(() -> sink.state().phase() == Phase.READY);
            second.node().start();
            sink.awaitAllCommitted();
        }
    }

    @Test
    void shouldSpreadRequestsOverCollectorsOfOnePriority() {
        try (FlumeCollector first = FlumeCollector.start(directory.resolve("first"));
                FlumeCollector second = FlumeCollector.start(directory.resolve("second"));
                SinkUnderTest sink =
                        SinkUnderTest.start("batch-events = 10, reconnect-interval = 1 ms, collectors { %s, %s }"
                                .formatted(collector("a", first, 1), collector("b", second, 1)))) {
            sink.put(Batches.of(1, 100));
            sink.awaitAllCommitted();

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(first.lines()).hasSize(50);
                assertThat(second.lines()).hasSize(50);
            });
            assertThat(distinct(first, second)).isEqualTo(Set.copyOf(Batches.bodies(1, 100)));
        }
    }

    @Test
    void shouldWaitForACollectorAndSayWhereAndWhy() {
        int port = FreePorts.take(1).get(0);
        try (SinkUnderTest sink = SinkUnderTest.start("collectors { a { host = 127.0.0.1, port = " + port + " } }")) {
            sink.put(Batches.of(1, 1));
            await().atMost(PATIENCE).until(() -> sink.state().phase() == Phase.RETRYING);
            assertThat(sink.state().reason())
                    .isEqualTo("no collector answers: 127.0.0.1:" + port
                            + ": nobody listens there (Connection refused); start it, or correct its host and port");
        }
    }

    private static String collector(String name, FlumeCollector collector, int priority) {
        return "%s { host = 127.0.0.1, port = %d, priority = %d }".formatted(name, collector.port(), priority);
    }

    private static List<String> bodies(FlumeCollector collector) {
        return collector.lines().stream().map(line -> line.substring(3)).toList();
    }

    private static Set<String> distinct(FlumeCollector... collectors) {
        return Stream.of(collectors)
                .flatMap(collector -> bodies(collector).stream())
                .collect(Collectors.toSet());
    }

    /** Keeps batches coming. */
    private static final class Feed {
        private final SinkUnderTest sink;
        private int next = 1;

        Feed(SinkUnderTest sink) {
            this.sink = sink;
        }

        void until(BooleanSupplier condition) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> {
                sink.put(Batches.of(next, EVENTS_A_BATCH));
                next++;
                return condition.getAsBoolean();
            });
        }

        boolean isNewerThan(String line, long events) {
            return Long.parseLong(line.substring(3, line.indexOf('-'))) * EVENTS_A_BATCH > events;
        }

        List<String> bodies() {
            return IntStream.range(1, next)
                    .boxed()
                    .flatMap(number -> Batches.bodies(number, EVENTS_A_BATCH).stream())
                    .toList();
        }
    }
}
