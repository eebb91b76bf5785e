package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.avrorpc.ClientSession;
import org.millrace.avrorpc.Frame;
import org.millrace.avrorpc.FrameAssembler;
import org.millrace.avrorpc.Status;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.settings.ConfigProblems;
import org.millrace.telemetry.Telemetry;
import org.millrace.trial.FreePorts;

/** A collector that a client of Flume delivers to, beside the cluster. */
class CollectorSourceTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ActorTestKit kit = ActorTestKit.create(
            ClusterConfig.SYSTEM_NAME,
            ClusterConfig.systemConfig(
                    new ClusterSettings("127.0.0.1", 0, Optional.empty(), List.of()), Set.of(), ConfigFactory.load()));

    @TempDir
    private Path state;

    @TempDir
    private Path files;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldSayOkWhenItsStoresHaveABatchAndNobodyIsServedOnceItHasDrained() throws IOException {
        int port = FreePorts.take(1).get(0);
        ActorRef<CollectorNode.Command> collector =
                kit.spawn(CollectorNode.create(settings(port), Telemetry.inMemory()));
        await().atMost(LONG).ignoreExceptions().until(() -> deliver(port, "one"), Status.OK::equals);

        assertThat(stored()).contains("one\n");
        assertThat(deliver(port, "two")).isEqualTo(Status.OK);
        assertThat(stored()).contains("two\n");

        TestProbe<Done> drained = kit.createTestProbe();
        collector.tell(new CollectorNode.Drain(LONG, drained.ref()));
        drained.receiveMessage(LONG);
        assertThatThrownBy(() -> deliver(port, "three")).isInstanceOf(IOException.class);
    }

    private static Status deliver(int port, String line) throws IOException {
        byte[] body = line.getBytes(StandardCharsets.UTF_8);
        EventBatch batch = EventBatch.builder(new SourceId("client", 1), 0, 0, Map.of("host", "a"), body)
                .add(0, body.length, 1)
                .build();
        ClientSession session = new ClientSession();
        FrameAssembler assembler = new FrameAssembler(1 << 20);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LONG.toMillis());
            socket.getOutputStream()
                    .write(session.appendBatch(1, batch).toBytes().toArray());
            Optional<Frame> answer = Optional.empty();
            while (answer.isEmpty()) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                answer = assembler.take(ByteBuffer.wrap(new byte[] {(byte) next}));
            }
            return ((ClientSession.Verdict) session.read(answer.get())).status();
        }
    }

    private String stored() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> found = Files.walk(files)) {
            for (Path file : found.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().endsWith(".crc"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private CollectorSettings settings(int port) {
        String text = """
                millrace.node { name = node04, state-directory = "%s" }
                millrace.collector {
                  priority = 10
                  sources { clients { type = avro, bind = 127.0.0.1, port = %d, channels = [files] } }
                  channels { files {} }
                  sinks { files { type = hdfs, channel = files, path = "file://%s" } }
                }
                """.formatted(state, port, files);
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings settings = CollectorSettings.from(
                ConfigFactory.parseString(text)
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve(),
                problems);
        problems.throwIfAny();
        return settings;
    }
}
