package org.millrace.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.kafka-server.lib"));
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path state;

    @Test
    void shouldAnswerAfterEveryKindOfStart() throws IOException {
        try (KafkaServer kafka = KafkaServer.start(LIB, state, 0, 0, Map.of("message.max.bytes", "54321"))) {
            String address = kafka.bootstrapServers();
            assertThat(answers(kafka, PATIENCE)).isTrue();
            assertThat(Files.readString(state.resolve("kafka.log"))).contains("message.max.bytes = 54321");

            kafka.stop();
            assertThat(kafka.isAlive()).isFalse();
            kafka.start();
            assertThat(answers(kafka, PATIENCE)).isTrue();

            kafka.kill();
            assertThat(kafka.isAlive()).isFalse();
            kafka.start();
            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            assertThat(answers(kafka, PATIENCE)).isTrue();

            kafka.freeze();
            assertThat(kafka.isAlive()).isTrue();
            assertThat(answers(kafka, Duration.ofMillis(300))).isFalse();
            kafka.thaw();
            assertThat(answers(kafka, PATIENCE)).isTrue();
            kafka.freeze();
        }
        assertThat(Files.readString(state.resolve("kafka.log"))).containsOnlyOnce("Formatting metadata directory");
    }

    @Test
    void shouldSayWhereItsJarsAreMissing() {
        assertThatThrownBy(() -> KafkaServer.start(state.resolve("absent"), state))
                .hasMessageContaining(state.resolve("absent").toString())
                .hasMessageContaining("kafka-server");
    }

    @Test
    void shouldShowWhyItDoesNotStart() {
        assertThatThrownBy(() -> KafkaServer.start(LIB, state, 0, 0, Map.of("num.io.threads", "many")))
                .hasMessageContaining("num.io.threads");
    }

    /** Asks for the versions of its protocol, as every client does first. */
    private static boolean answers(KafkaServer kafka, Duration limit) throws IOException {
        int colon = kafka.bootstrapServers().indexOf(':');
        String host = kafka.bootstrapServers().substring(0, colon);
        int port = Integer.parseInt(kafka.bootstrapServers().substring(colon + 1));
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(limit.toMillis());
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setSoTimeout(millis);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(10);
            out.writeShort(18);
            out.writeShort(0);
            out.writeInt(4711);
            out.writeShort(-1);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readInt();
            return in.readInt() == 4711 && in.readShort() == 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
