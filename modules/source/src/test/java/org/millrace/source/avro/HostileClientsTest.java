package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.avrorpc.Frame;
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
    void shouldBeCutOffWhereTheySendAByteNowAndThen() throws IOException {
        served.serve("request-timeout = 300 ms");
        try (TestClient good = TestClient.connect(served.port);
                TestClient slow = TestClient.connect(served.port)) {
            slow.raw(new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0});

            slow.trickleUntilClosed();

            served.awaitLine("a request was begun and not completed within 0.3 s (request-timeout)");
            stores(good, "after");
        }
    }

    /** Two gigabytes, which do not fit into this process. */
    @ParameterizedTest
    @CsvSource({
        "2147483647, 'a frame of 2147483647 bytes or more, where 8388608 are allowed'",
        "8388608, no Avro RPC: a frame of 0 buffers",
        "0, 'no request of Flume''s Avro protocol'",
    })
    void shouldBeCutOffWhereAFewBytesInflateToGigabytes(int claimed, String line) throws IOException {
        served.serve("compression = deflate");
        byte[] header =
                ByteBuffer.allocate(12).putInt(1).putInt(1).putInt(claimed).array();
        try (TestClient good = good(true);
                TestClient bad = TestClient.connect(served.port)) {
            stores(good, "before");

            bad.rawUntilClosed(Bomb.of(header, 2048));

            served.awaitLine(line);
            stores(good, "after");
        }
        await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000000, 0, 0, '1000000000 items in a message with'",
        "9223372036854775807, 0, 0, Cannot read collections larger than 2147483639 items",
        "1, 1000000000, 0, '1000000000 items in a message with'",
        "1, 0, 2147483647, 'length 2147483647 in a message with 0 bytes left'",
    })
    void shouldBeCutOffWhereTheyClaimBillions(long events, long headers, long body, String line) throws IOException {
        served.serve("");
        try (TestClient good = TestClient.connect(served.port);
                TestClient bad = TestClient.connect(served.port)) {
            stores(bad, "its handshake");

            bad.raw(frame(out -> {
                out.writeLong(events);
                out.writeLong(headers);
                out.writeLong(body);
            }));

            bad.awaitClosed();
            served.awaitLine(line);
            assertThat(served.lines()).noneMatch(text -> text.contains("neither compressed nor encrypted"));
            stores(good, "after");
        }
    }

    @Test
    void shouldBeCutOffWhereTheySendMillionsOfNothings() throws IOException {
        served.serve("");
        int many = 4_000_000;
        try (TestClient good = TestClient.connect(served.port);
                TestClient bad = TestClient.connect(served.port)) {
            stores(bad, "its handshake");

            bad.rawUntilClosed(frame(out -> {
                out.writeLong(many);
                out.writeFixed(new byte[2 * many]);
                out.writeLong(0);
            }));

            served.awaitLine("more than 524288 events and headers in a message");
            stores(good, "after");
        }
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

    private interface Events {
        void to(BinaryEncoder out) throws IOException;
    }

    /** A request behind the first one of its connection. */
    private static byte[] frame(Events events) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(payload, null);
        out.writeMapStart();
        out.writeMapEnd();
        out.writeString("appendBatch");
        events.to(out);
        out.flush();
        return new Frame(2, payload.toByteArray()).toBytes().toArray();
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
