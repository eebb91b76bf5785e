package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.avrorpc.Status;

/** What other programs say on this port, while a good client is served. */
class HostileClientsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Eight bytes ff, compressed and flushed. */
    private static final String ZLIB_OF_GARBAGE = "789cfaff1f0200000000ffff";

    private final ServedChannel served = new ServedChannel(1000);

    @AfterEach
    void stop() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 474554202f20485454502f312e310d0a0d0a, 'it begins with the text ''GET / HTTP/1.1'''",
        "'', 16030102000100fc03030102030405060708, 'TLS handshake, so set tls.enabled = true here'",
        "'', " + ZLIB_OF_GARBAGE + ", 'compressed stream, so set compression = deflate here'",
        "'', 00000001000000017fffffff00, 'a frame of 2147483647 bytes or more, where 8388608 are allowed'",
        "'', 000000017fffffff7fffffff00, 'a frame of 2147483647 buffers'",
        "'', 00000001000000010000000401020304, 'no request of Flume''s Avro protocol'",
        "compression = deflate, 00000001000000010000000401020304, 'the peer does not use it'",
        "compression = deflate, 780000000000, 'what it sends is no compressed stream'",
        "compression = deflate, " + ZLIB_OF_GARBAGE + ", 'no Avro RPC: a frame of'",
    })
    void shouldBeCutOffWithALineThatSaysWhatToDo(String keys, String bytes, String line) throws IOException {
        served.serve(keys);
        try (TestClient good = good(!keys.isEmpty());
                TestClient bad = TestClient.connect(served.port)) {
            stores(good, "before");

            bad.raw(HexFormat.of().parseHex(bytes));

            bad.awaitClosed();
            served.awaitLine("closed the connection of /127.0.0.1:");
            served.awaitLine(line);
            stores(good, "after");
        }
        assertThat(served.meter("broken.connections")).isEqualTo(1);
        await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") == 0);
    }

    @Test
    void shouldBeCutOffInTheMiddleOfARequestAndStayWhenQuiet() throws IOException {
        served.serve("request-timeout = 300 ms");
        try (TestClient quiet = TestClient.connect(served.port);
                TestClient answered = TestClient.connect(served.port);
                TestClient slow = TestClient.connect(served.port)) {
            stores(answered, "one");
            slow.raw(new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 'x'});

            slow.awaitClosed();

            served.awaitLine("a request was begun and not completed within 0.3 s (request-timeout)");
            stores(answered, "two");
            stores(quiet, "three");
        }
        assertThat(served.meter("broken.connections")).isEqualTo(1);
    }

    @Test
    void shouldBeTurnedAwayBeyondTheLimit() throws IOException {
        served.serve("max-connections = 2");
        try (TestClient first = TestClient.connect(served.port)) {
            stores(first, "one");
            try (TestClient second = TestClient.connect(served.port);
                    TestClient third = TestClient.connect(served.port)) {
                third.awaitClosed();
                served.awaitLine("2 are open, and max-connections allows no more");
                stores(first, "two");
                stores(second, "three");
            }
            await().atMost(LIMIT).until(() -> served.meter("connections") == 1);
            try (TestClient next = TestClient.connect(served.port)) {
                stores(next, "four");
            }
        }
    }

    @Test
    void shouldNotFillTheMemoryTogetherThoughThereAreThousands() throws IOException {
        int many = 4000;
        served.serve("max-connections = 10000, buffer-bytes = 1 MiB, max-request = 256 KiB");
        byte[] half = ByteBuffer.allocate(12 + 16_000)
                .putInt(1)
                .putInt(1)
                .putInt(200_000)
                .array();
        List<Socket> sockets = new ArrayList<>();
        try (TestClient good = TestClient.connect(served.port)) {
            stores(good, "before");
            for (int i = 0; i < many; i++) {
                Socket socket = TestClient.connected(new Socket(), served.port);
                sockets.add(socket);
                socket.getOutputStream().write(half);
            }
            await().atMost(LIMIT).until(() -> served.meter("connections") == many + 1);
            await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") > 1000 * 1000);
            assertThat(served.meter("unanswered.bytes")).isLessThan((1024 + 256) * 1024);
            good.send("after");
            for (Socket socket : sockets) {
                socket.close();
            }

            assertThat(served.store(1)).containsExactly("after");
            assertThat(good.answer()).isEqualTo(Status.OK);
        }
        await().atMost(LIMIT).until(() -> served.meter("connections") == 0);
        assertThat(served.meter("unanswered.bytes")).isZero();
    }

    @Test
    void shouldServeAGoodClientBehindThousandsOfHalfRequestsOnceTheirTimeIsUp() throws IOException {
        served.serve("buffer-bytes = 64 KiB, max-request = 32 KiB, request-timeout = 500 ms");
        byte[] half = ByteBuffer.allocate(12 + 10_000)
                .putInt(1)
                .putInt(1)
                .putInt(20_000)
                .array();
        List<TestClient> halves = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            halves.add(TestClient.connect(served.port).raw(half));
        }
        await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") > 50_000);
        try (TestClient good = TestClient.connect(served.port)) {
            good.send("x".repeat(20_000));

            assertThat(served.store(1)).hasSize(1);
            assertThat(good.answer()).isEqualTo(Status.OK);
        }
        for (TestClient client : halves) {
            client.close();
        }
    }

    private TestClient good(boolean compressed) throws IOException {
        return TestClient.over(TestClient.connected(new Socket(), served.port), compressed);
    }

    private void stores(TestClient client, String body) throws IOException {
        client.send(body);
        assertThat(served.store(1)).containsExactly(body);
        assertThat(client.answer()).isEqualTo(Status.OK);
    }
}
