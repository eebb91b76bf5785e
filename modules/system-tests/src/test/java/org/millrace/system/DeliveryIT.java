package org.millrace.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.topology.ExpectedLines;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Lines;
import org.millrace.topology.Topology;

/** What goes in comes out, in both stores, before the file is said to be completed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DeliveryIT {
    /** Of a test in which the second would have nothing to do. */
    private static final int ONE_COLLECTOR = 10;

    @RegisterExtension
    private final RunningTopology running = new RunningTopology();

    @Test
    void shouldHaveStoredFilesExactlyWhenTheyAreCompleted() throws IOException {
        Topology topology = running.start(running.configure());
        Path dropped = topology.drop(running.sample(20_000));
        running.awaitCompleted(dropped);
        running.assertExact(dropped);
        assertThat(topology.agentLog().look().collector().map(topology::nameOf)).hasValue("node04");

        List<Path> all = new ArrayList<>(List.of(dropped));
        for (int i = 0; i < 20; i++) {
            all.add(topology.drop(running.file("file-" + i + ".log", ("line " + i + "\n").getBytes(UTF_8))));
        }
        all.forEach(running::awaitCompleted);
        ExpectedLines expected =
                ExpectedLines.of(all.stream().map(Topology::completed).toList());
        assertThat(running.inKafka(expected).exact()).isTrue();
        assertThat(running.inHdfs(expected).exact()).isTrue();
        try (var left = Files.list(topology.spool())) {
            assertThat(left).allMatch(file -> file.toString().endsWith(".COMPLETED"));
        }
    }

    @Test
    void shouldKeepEveryByte() throws IOException {
        Topology topology = running.start(running.configure().priorities(ONE_COLLECTOR));
        byte[] content = oddLines();
        Path dropped = topology.drop(running.file("odd bytes \u00e9 \u4e2d\u6587 $x.log", content));
        running.awaitCompleted(dropped);
        assertThat(Topology.completed(dropped)).hasBinaryContent(content);
        try (KafkaReader kafka = topology.kafkaReader();
                HdfsReader hdfs = topology.hdfsReader()) {
            // Each line with its end in both; the last one has none in the file.
            byte[] stored = Arrays.copyOf(content, content.length + 1);
            stored[content.length] = '\n';
            assertThat(collected(kafka::read)).isEqualTo(stored);
            assertThat(collected(hdfs::read)).isEqualTo(stored);
            assertThat(hdfs.bytes()).isEqualTo(stored.length);
        }
    }

    /** Lines that a careless reader changes: empty, of spaces, with other line ends, of no charset, long. */
    private static byte[] oddLines() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("\n\n  \t \r\nends with cr\r\nlone\rcr\n\0nul\0\n".getBytes(UTF_8));
        out.write("\u4e2d\u6587 \ud83d\ude00 \u2028 \u0085 \ufeff\n".getBytes(UTF_8));
        for (int high = 0; high < 256; high++) {
            if (high != '\n') {
                out.write(new byte[] {'x', (byte) high, (byte) (255 - high == '\n' ? 0 : 255 - high), '\n'});
            }
        }
        out.write(("long " + "\u00ff".repeat(300_000) + "\n").getBytes(ISO_8859_1));
        out.write("last, without an end".getBytes(UTF_8));
        return out.toByteArray();
    }

    private static byte[] collected(Consumer<Lines> reader) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reader.accept(new Lines() {
            @Override
            public void begin(String sequence) {}

            @Override
            public void line(byte[] buffer, int offset, int length) {
                out.write(buffer, offset, length);
                out.write('\n');
            }
        });
        return out.toByteArray();
    }

    @Test
    void shouldDeliverWhenTheCollectorsComeLater() {
        Topology topology = running.make(running.configure());
        topology.agent().start();
        Path dropped = topology.drop(running.sample(20_000));
        await().atMost(RunningTopology.PATIENCE)
                .until(() -> topology.agentLog().look().read() >= 20_000);
        assertThat(Topology.completed(dropped)).doesNotExist();

        topology.collectors().forEach(collector -> collector.start());
        running.awaitCompleted(dropped);
        assertNothingMissing(dropped);
    }

    @Test
    void shouldCompleteAFileOnlyWhenKafkaHasItToo() {
        running.stores().kafka().stop();
        try {
            Topology topology =
                    running.make(running.configure().priorities(ONE_COLLECTOR)).start();
            Path dropped = topology.drop(running.sample(5_000));
            ExpectedLines expected = ExpectedLines.of(List.of(dropped));
            await().atMost(RunningTopology.PATIENCE)
                    .until(() -> running.inHdfs(expected).missing() == 0);
            assertThat(dropped).exists();
            assertThat(topology.agentLog().look().committed()).isZero();

            running.stores().kafka().start();
            running.awaitCompleted(dropped);
            assertNothingMissing(dropped);
        } finally {
            if (!running.stores().kafka().isAlive()) {
                running.stores().kafka().start();
            }
        }
    }

    @Test
    void shouldGoOnWithKafkaWhileHdfsIsAway() throws IOException {
        Topology topology = running.start(running.configure().priorities(ONE_COLLECTOR));
        Path before = topology.drop(running.file("before.log", numbered("before", 5_000)));
        running.awaitCompleted(before);
        running.stores().hdfs().stopNameNode();
        Path during;
        try {
            during = topology.drop(running.file("during.log", numbered("during", 5_000)));
            running.awaitRecords(10_000);
            assertThat(during).exists();
        } finally {
            running.stores().hdfs().startNameNode();
        }
        running.awaitCompleted(during);
        ExpectedLines expected = ExpectedLines.of(List.of(Topology.completed(before), Topology.completed(during)));
        assertThat(running.inKafka(expected).exact()).as("Kafka").isTrue();
        assertThat(running.inHdfs(expected).missing()).as("missing in HDFS").isZero();
    }

    private static byte[] numbered(String text, int lines) {
        return IntStream.range(0, lines)
                .mapToObj(line -> text + " " + line + "\n")
                .collect(Collectors.joining())
                .getBytes(UTF_8);
    }

    /** Kafka takes no record of 1 MiB, and HDFS is told to take no event without a time. */
    @Test
    void shouldKeepWhatAStoreCanNeverTakeAndGoOn() throws IOException {
        // The prefix of the files' names tells the day; Kafka takes a little less than 1 MiB.
        Topology topology = running.start(running.configure()
                .priorities(ONE_COLLECTOR)
                .agentSettings("millrace.agent.sources.weblogs.max-event = 1 MiB\n")
                .collectorSettings("millrace.collector.sinks.hdfs.timestamp = header\n"));
        String tooLarge = "x".repeat(1 << 20);
        byte[] content = ("first\n" + tooLarge + "rest\nlast\n").getBytes(UTF_8);
        Path dropped = topology.drop(running.file("large.log", content));
        running.awaitCompleted(dropped);

        try (KafkaReader kafka = topology.kafkaReader();
                HdfsReader hdfs = topology.hdfsReader()) {
            assertThat(collected(kafka::read)).asString(UTF_8).isEqualTo("first\nrest\nlast\n");
            assertThat(collected(hdfs::read)).isEmpty();
        }
        Path letters = topology.node("node04").state().resolve("dead-letters");
        assertThat(deadBodies(letters.resolve("kafka.dead-letters.jsonl"), "record-too-large"))
                .containsExactly(tooLarge);
        assertThat(deadBodies(letters.resolve("hdfs.dead-letters.jsonl"), "no-timestamp"))
                .containsExactly("first", tooLarge, "rest", "last");
    }

    /** The bodies in a dead-letter file, all of whose lines give this reason. */
    private static List<String> deadBodies(Path file, String reason) throws IOException {
        List<String> bodies = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            assertThat(line).contains("\"reason\":\"" + reason + "\"").contains("\"basename\":\"large.log\"");
            Matcher body = Pattern.compile("\"body-base64\":\"([^\"]*)\"").matcher(line);
            assertThat(body.find()).isTrue();
            bodies.add(new String(Base64.getDecoder().decode(body.group(1)), UTF_8));
        }
        return bodies;
    }

    private void assertNothingMissing(Path dropped) {
        ExpectedLines expected = ExpectedLines.of(List.of(Topology.completed(dropped)));
        assertThat(running.inKafka(expected).missing()).as("missing in Kafka").isZero();
        assertThat(running.inHdfs(expected).missing()).as("missing in HDFS").isZero();
    }
}
