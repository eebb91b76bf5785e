package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The readers, on real stores. */
class StoresTest {
    @TempDir
    private static Path directory;

    private static Installation installation;
    private static Stores stores;

    @BeforeAll
    static void start() {
        Path kafka = Path.of(System.getProperty("millrace.kafka-server.lib"));
        Path hdfs = Path.of(System.getProperty("millrace.hdfs-server.lib"));
        installation = new Installation(directory, kafka, hdfs);
        stores = Stores.start(installation, directory);
    }

    @AfterAll
    static void stop() {
        stores.close();
    }

    @Test
    void shouldReadATopic() throws ExecutionException, InterruptedException {
        try (KafkaReader reader = new KafkaReader(stores.bootstrapServers(), "read")) {
            assertThat(reader.records()).isZero();
            assertThat(collected(reader::read)).isEmpty();
            reader.createTopic();
            reader.createTopic();
            assertThat(reader.records()).isZero();
            produce("read", "one", "", "three");
            assertThat(reader.records()).isEqualTo(3);
            assertThat(collected(reader::read)).containsExactly("-- read-0", "one", "", "three");
            assertThat(collected(reader::read)).hasSize(4);
        }
    }

    @Test
    void shouldReadClosedFilesAndThoseBeingWritten() throws IOException {
        try (HdfsReader reader = new HdfsReader(stores.hdfsUri(), "/read");
                FileSystem hdfs = FileSystem.newInstance(stores.hdfsUri(), new Configuration())) {
            assertThat(reader.bytes()).isZero();
            assertThat(reader.files()).isEmpty();
            try (OutputStream out = hdfs.create(new org.apache.hadoop.fs.Path("/read/day/a.txt"))) {
                out.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
            }
            try (FSDataOutputStream out = hdfs.create(new org.apache.hadoop.fs.Path("/read/b.txt.tmp"))) {
                out.write("three\n".getBytes(StandardCharsets.UTF_8));
                out.hflush();
                assertThat(reader.bytes()).isEqualTo(14);
                assertThat(reader.lengths()).containsOnly(Map.entry("a.txt", 8L), Map.entry("b.txt", 6L));
                assertThat(reader.filesInUse()).containsExactly("/read/b.txt.tmp");
                assertThat(collected(reader::read)).containsExactly("-- b.txt", "three", "-- a.txt", "one", "two");
            }
        }
    }

    @Test
    void shouldNotStartOnABusyPort() {
        int busy = stores.hdfsUri().getPort();
        StateDirectory state = StateDirectory.take(directory.resolve("busy"));
        assertThatThrownBy(() -> TrialRun.start(installation, state, 0, busy, System.out, shape -> shape))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("port " + busy + " is busy")
                .hasMessageContaining("--hdfs-port")
                .hasMessageNotContaining("\n");
        assertThat(StateDirectory.remove(directory.resolve("busy"))).isTrue();
    }

    @Test
    void shouldTakeNothingFromTheLogOfAnEarlierRun() throws IOException {
        Path earlier = directory.resolve("earlier");
        try (Topology topology = topology(earlier)) {
            Files.writeString(topology.agent().log(), "lane weblogs goes to pekko://millrace@127.0.0.1:1\n");
            assertThat(topology.agentLog().look().collector()).isPresent();
        }
        try (Topology topology = topology(earlier)) {
            assertThat(topology.agentLog().look().collector()).isEmpty();
        }
    }

    private static Topology topology(Path directory) {
        return Topology.in(directory, installation, stores).build();
    }

    private static void produce(String topic, String... values) throws ExecutionException, InterruptedException {
        ByteArraySerializer bytes = new ByteArraySerializer();
        Map<String, Object> properties = Map.of("bootstrap.servers", stores.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    private static List<String> collected(Consumer<Lines> reader) {
        List<String> found = new ArrayList<>();
        reader.accept(new Lines() {
            @Override
            public void begin(String sequence) {
                found.add("-- " + sequence);
            }

            @Override
            public void line(byte[] buffer, int offset, int length) {
                found.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
            }
        });
        return found;
    }
}
