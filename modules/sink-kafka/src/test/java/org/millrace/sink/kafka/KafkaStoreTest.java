package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.record.FileRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.sink.SinkRunner.Stopped;
import org.millrace.trial.KafkaServer;

class KafkaStoreTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.kafka-server.lib"));

    @TempDir
    static Path state;

    private static KafkaServer kafka;
    private static Topics topics;

    @TempDir
    Path directory;

    private final Random random = new Random(11);

    @BeforeAll
    static void startKafka() {
        kafka = KafkaServer.start(LIB, state);
        topics = new Topics(kafka.bootstrapServers());
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void shouldStoreEveryByteInOrderOnce() {
        List<byte[]> bodies = new ArrayList<>();
        try (SinkUnderTest sink = start("topic = bytes")) {
            for (int batch = 0; batch < 300; batch++) {
                Batches.Content[] events = new Batches.Content[1 + random.nextInt(60)];
                for (int i = 0; i < events.length; i++) {
                    byte[] body = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(2_000)];
                    random.nextBytes(body);
                    bodies.add(body);
                    events[i] = Batches.event(body);
                }
                sink.put(Batches.of(batch, events));
            }
            sink.awaitAllCommitted();
            assertThat(sink.failures()).isZero();
            assertThat(sink.deadLetters()).isEmpty();
            assertThat(sink.stop(Duration.ofSeconds(20))).isEqualTo(new Stopped("k1", 0));
        }
        List<ConsumerRecord<byte[], byte[]>> records = topics.read("bytes");
        assertThat(records).hasSameSizeAs(bodies);
        for (int i = 0; i < bodies.size(); i++) {
            assertThat(records.get(i).value()).isEqualTo(bodies.get(i));
            assertThat(records.get(i).key()).isNull();
        }
    }

    @Test
    void shouldStoreHeadersKeysAndTopicsOfHeaders() {
        try (SinkUnderTest sink = start("topic = general, topic-header = to, key-header = host")) {
            sink.put(Batches.of(
                    1,
                    Map.of("host", "h1", "app", "größe"),
                    List.of(
                            Batches.event("one"),
                            Batches.event("two", Map.of("host", "h2", "to", "special")),
                            Batches.event("three", Map.of("to", "")))));
            sink.put(Batches.of(2, Batches.event("four")));
            sink.awaitAllCommitted();
        }
        List<ConsumerRecord<byte[], byte[]>> general = topics.read("general");
        assertThat(general).extracting(KafkaStoreTest::value).containsExactly("one", "three", "four");
        assertThat(general).extracting(KafkaStoreTest::key).containsExactly("h1", "h1", null);
        assertThat(headers(general.get(0))).isEqualTo(Map.of("host", "h1", "app", "größe"));
        assertThat(headers(general.get(2))).isEmpty();
        List<ConsumerRecord<byte[], byte[]>> special = topics.read("special");
        assertThat(special).extracting(KafkaStoreTest::value).containsExactly("two");
        assertThat(special).extracting(KafkaStoreTest::key).containsExactly("h2");
        assertThat(headers(special.get(0))).isEqualTo(Map.of("host", "h2", "app", "größe", "to", "special"));
    }

    @Test
    void shouldLeaveHeadersOutWhenTold() {
        try (SinkUnderTest sink = start("topic = bare, headers = false")) {
            sink.put(Batches.of(1, Map.of("host", "h1"), List.of(Batches.event("one", Map.of("own", "x")))));
            sink.awaitAllCommitted();
        }
        assertThat(topics.read("bare"))
                .singleElement()
                .satisfies(record -> assertThat(headers(record)).isEmpty());
    }

    @Test
    void shouldKeepWhatIsTooLargeForTheProducerAsDeadLetters() {
        assertThatTooLargeOnesAreKept("large-here", "producer { max.request.size = 20000 }", 20_000);
    }

    @Test
    void shouldKeepWhatIsTooLargeForTheTopicAsDeadLetters() {
        topics.create("large-there", Map.of("max.message.bytes", "20000"));
        assertThatTooLargeOnesAreKept("large-there", "producer { batch.size = 16384 }", 20_000);
    }

    @Test
    void shouldMakeSmallerRequestsForATopicThatTakesLess() {
        topics.create("small", Map.of("max.message.bytes", "20000"));
        List<String> bodies = IntStream.range(0, 3_000)
                .mapToObj(i -> i + "-" + "x".repeat(i % 300))
                .toList();
        try (SinkUnderTest sink = start("topic = small")) {
            for (int from = 0; from < bodies.size(); from += 100) {
                sink.put(Batches.of(
                        from,
                        bodies.subList(from, from + 100).stream()
                                .map(Batches::event)
                                .toArray(Batches.Content[]::new)));
            }
            sink.awaitAllCommitted();
            assertThat(sink.failures())
                    .as("the stream had to start over with smaller ones")
                    .isPositive();
            assertThat(sink.deadLetters()).isEmpty();
        }
        assertThat(topics.readTexts("small")).isEqualTo(bodies);
    }

    private void assertThatTooLargeOnesAreKept(String topic, String keys, int limit) {
        List<String> small = new ArrayList<>();
        List<String> large = new ArrayList<>();
        try (SinkUnderTest sink = start("topic = " + topic + ", " + keys)) {
            for (int batch = 0; batch < 40; batch++) {
                Batches.Content[] events = new Batches.Content[50];
                for (int i = 0; i < events.length; i++) {
                    boolean poison = random.nextInt(40) == 0;
                    String body = batch + "-" + i + "-" + "x".repeat(poison ? limit + 10_000 : random.nextInt(400));
                    events[i] = Batches.event(body);
                    (poison ? large : small).add(body);
                }
                sink.put(Batches.of(batch, events));
            }
            sink.awaitAllCommitted();
            assertThat(sink.failures()).isZero();
            assertThat(sink.deadLetters())
                    .hasSameSizeAs(large)
                    .allMatch(line -> line.contains("\"reason\":\"record-too-large\""));
            assertThat(bodiesOf(sink)).containsExactlyInAnyOrderElementsOf(large);
        }
        assertThat(topics.readTexts(topic)).isEqualTo(small);
    }

    @Test
    void shouldKeepEventsWithoutAValidTopicAsDeadLetters() {
        try (SinkUnderTest sink = start("topic-header = to")) {
            sink.put(
                    Batches.of(1, Batches.event("one", Map.of("to", "valid")), Batches.event("two")),
                    Batches.of(
                            2,
                            Batches.event("three", Map.of("to", "no topic")),
                            Batches.event("four", Map.of("to", "valid"))));
            sink.awaitAllCommitted();
            assertThat(sink.failures()).isZero();
            assertThat(sink.deadLetters()).hasSize(2);
            assertThat(sink.deadLetters().get(0)).contains("\"no-topic\"", "no header to and no topic set");
            assertThat(sink.deadLetters().get(1)).contains("\"invalid-topic\"", "no topic");
            assertThat(bodiesOf(sink)).containsExactly("two", "three");
        }
        assertThat(topics.readTexts("valid")).containsExactly("one", "four");
    }

    @Test
    void shouldStoreTheRestOfARequestWithRecordsThatKafkaRefuses() {
        topics.create("compacted", Map.of("cleanup.policy", "compact"));
        List<String> keyed = new ArrayList<>();
        List<String> keyless = new ArrayList<>();
        try (SinkUnderTest sink = start("topic = compacted, key-header = id")) {
            for (int batch = 0; batch < 10; batch++) {
                Batches.Content[] events = new Batches.Content[20];
                for (int i = 0; i < events.length; i++) {
                    String body = batch + "-" + i;
                    boolean poison = batch == 4 && i % 7 == 3;
                    (poison ? keyless : keyed).add(body);
                    events[i] = poison ? Batches.event(body) : Batches.event(body, Map.of("id", body));
                }
                sink.put(Batches.of(batch, events));
            }
            sink.awaitAllCommitted();
            assertThat(bodiesOf(sink)).containsExactlyInAnyOrderElementsOf(keyless);
            assertThat(sink.deadLetters()).allMatch(line -> line.contains("\"invalid-record\""));
        }
        List<String> stored = topics.readTexts("compacted");
        assertThat(stored.stream().distinct()).containsExactlyInAnyOrderElementsOf(keyed);
        assertThat(lastOccurrences(stored)).as("a retry comes in order").isEqualTo(keyed);
    }

    private static List<String> lastOccurrences(List<String> texts) {
        Set<String> last = new LinkedHashSet<>();
        texts.forEach(text -> {
            last.remove(text);
            last.add(text);
        });
        return List.copyOf(last);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void shouldCompress(String codec) {
        String topic = "codec-" + codec;
        List<String> bodies = IntStream.range(0, 500)
                .mapToObj(i -> i + "-" + "abc".repeat(50))
                .toList();
        try (SinkUnderTest sink = start("topic = " + topic + ", compression = " + codec)) {
            sink.put(Batches.of(1, bodies.stream().map(Batches::event).toArray(Batches.Content[]::new)));
            sink.awaitAllCommitted();
        }
        assertThat(topics.readTexts(topic)).isEqualTo(bodies);
        assertThat(codecIn(state.resolve("data/" + topic + "-0/00000000000000000000.log")))
                .isEqualTo(codec);
    }

    /** The codec of the first batch of a segment, as the broker keeps it. */
    private static String codecIn(Path segment) {
        try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
            return records.firstBatch().compressionType().name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldPassPropertiesOnAndSendOnItsOwnThreads() {
        Seen.THREADS.clear();
        String keys = "topic = seen, producer { interceptor.classes = \"" + Seen.class.getName() + "\", my.own = 42 }";
        try (SinkUnderTest sink = start(keys)) {
            sink.put(Batches.of(1, Batches.event("one")));
            sink.awaitAllCommitted();
        }
        assertThat(Seen.config.get("my.own")).isEqualTo("42");
        assertThat(Seen.config.get("acks")).isEqualTo("all");
        assertThat(Seen.THREADS)
                .isNotEmpty()
                .allMatch(name -> name.contains("millrace.sink.kafka.dispatcher"), "a thread of the sink's own");
    }

    /** What a producer's interceptor gets to see. */
    public static final class Seen implements ProducerInterceptor<byte[], byte[]> {
        static final Set<String> THREADS = new CopyOnWriteArraySet<>();
        static volatile Map<String, ?> config = Map.of();

        @Override
        public void configure(Map<String, ?> configs) {
            config = Map.copyOf(configs);
        }

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            THREADS.add(Thread.currentThread().getName());
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

        @Override
        public void close() {}
    }

    private SinkUnderTest start(String keys) {
        return SinkUnderTest.start(kafka.bootstrapServers(), directory, keys);
    }

    private static List<String> bodiesOf(SinkUnderTest sink) {
        return sink.deadLetters().stream()
                .map(line -> line.substring(line.indexOf("body-base64\":\"") + 14, line.length() - 2))
                .map(base64 -> new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8))
                .toList();
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        return Arrays.stream(record.headers().toArray())
                .collect(Collectors.toMap(
                        header -> header.key(), header -> new String(header.value(), StandardCharsets.UTF_8)));
    }
}
