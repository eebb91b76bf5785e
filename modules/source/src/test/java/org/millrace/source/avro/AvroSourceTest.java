package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.avrorpc.Status;
import org.millrace.channel.Channel;
import org.millrace.event.Position;

/** What clients hear, and when. */
class AvroSourceTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private ServedChannel served = new ServedChannel(1000);

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void shouldSayOkWhenABatchIsCommittedAndNotBefore() throws IOException {
        served.serve("");
        try (TestClient client = TestClient.connect(served.port)) {
            client.send("one", "two");
            Channel.Taken taken = served.take();
            assertThat(taken.batch().size()).isEqualTo(2);
            assertThat(taken.batch().headers(1)).isEqualTo(Map.of("host", "a"));
            assertThat(taken.batch().last()).isEqualTo(new Position(0, 2));
            assertThat(client.hasAnswer()).isFalse();
            assertThat(served.meter("unanswered.bytes")).isPositive();

            served.commit(taken);

            assertThat(client.answer()).isEqualTo(Status.OK);
            assertThat(served.meter("unanswered.bytes")).isZero();
        }
    }

    @Test
    void shouldSayOkWhenTheChannelHasABatchWhereThatIsConfigured() throws IOException {
        served.serve("acknowledge = channel");
        try (TestClient client = TestClient.connect(served.port)) {
            assertThat(client.send("one").answer()).isEqualTo(Status.OK);
            assertThat(client.send("two").answer()).isEqualTo(Status.OK);
        }
        assertThat(served.store(2)).containsExactly("one", "two");
    }

    @Test
    void shouldAnswerManyRequestsOfManyConnectionsEachInItsOrder() throws IOException {
        served.serve("");
        List<TestClient> clients = new ArrayList<>();
        for (int c = 0; c < 5; c++) {
            clients.add(TestClient.connect(served.port));
        }
        // The first request carries the handshake; the next may follow only behind its answer.
        for (TestClient client : clients) {
            client.send("first");
        }
        served.store(5);
        for (int c = 0; c < 5; c++) {
            assertThat(clients.get(c).answer()).isEqualTo(Status.OK);
            for (int i = 0; i < 100; i++) {
                clients.get(c).send(c + ":" + i);
            }
        }

        List<String> stored = served.store(500);

        for (int c = 0; c < 5; c++) {
            String prefix = c + ":";
            List<String> own =
                    stored.stream().filter(body -> body.startsWith(prefix)).toList();
            for (int i = 0; i < 100; i++) {
                assertThat(own.get(i)).isEqualTo(prefix + i);
                assertThat(clients.get(c).answer()).isEqualTo(Status.OK);
            }
            clients.get(c).close();
        }
        await().atMost(LIMIT).until(() -> served.meter("connections") == 0);
        assertThat(served.meter("broken.connections")).isZero();
    }

    @Test
    void shouldDivideALargeRequestAndAnswerItWhenTheLastOfItIsCommitted() throws IOException {
        served.serve("batch-bytes = 1 KiB");
        try (TestClient client = TestClient.connect(served.port)) {
            client.send("a".repeat(700), "b".repeat(700), "c".repeat(700));
            Channel.Taken first = served.take();
            Channel.Taken second = served.take();
            Channel.Taken third = served.take();
            served.commit(first);
            served.commit(third);
            assertThat(client.hasAnswer()).isFalse();

            served.commit(second);

            assertThat(client.answer()).isEqualTo(Status.OK);
        }
    }

    @Test
    void shouldHoldClientsUpWhileTheChannelIsFullAndKeepWithinItsBuffer() throws Exception {
        served.close();
        served = new ServedChannel(100);
        served.serve("buffer-bytes = 64 KiB, max-request = 16 KiB");
        String body = "x".repeat(100);
        String[] batch = new String[50];
        Arrays.fill(batch, body);
        int clients = 40;
        List<TestClient> all = new ArrayList<>();
        for (int c = 0; c < clients; c++) {
            all.add(TestClient.connect(served.port).send(batch));
        }
        await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") > 48 * 1024);
        assertThat(served.meter("received.requests")).isLessThan(clients);

        for (int events = 0; events < clients * batch.length; ) {
            assertThat(served.meter("unanswered.bytes")).isLessThan((64 + 16 + 16) * 1024);
            Channel.Taken taken = served.take();
            events += taken.batch().size();
            served.commit(taken);
        }

        for (TestClient client : all) {
            assertThat(client.answer()).isEqualTo(Status.OK);
            client.close();
        }
        served.expectNothing();
    }

    @Test
    void shouldNotStoreWhatAClientGaveUpBeforeItWentIntoAChannel() throws IOException {
        served.close();
        served = new ServedChannel(1);
        served.serve("");
        try (TestClient first = TestClient.connect(served.port);
                TestClient patient = TestClient.connect(served.port)) {
            first.send("fills the channel");
            Channel.Taken filling = served.take();
            // What the runner reads ahead of a full channel is more than an event or two.
            List<TestClient> ahead = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ahead.add(TestClient.connect(served.port).send("x".repeat(400_000)));
            }
            await().atMost(LIMIT).until(() -> served.meter("received.requests") == 11);
            TestClient gone = TestClient.connect(served.port).send("given up");
            await().atMost(LIMIT).until(() -> served.meter("received.requests") == 12);
            gone.close();
            await().atMost(LIMIT).until(() -> served.meter("connections") == 12);
            patient.send("last");
            served.commit(filling);

            List<String> stored = served.store(11);

            assertThat(stored.get(10)).isEqualTo("last");
            assertThat(stored.subList(0, 10)).allMatch(body -> body.startsWith("xxx"));
            assertThat(patient.answer()).isEqualTo(Status.OK);
            for (TestClient client : ahead) {
                client.close();
            }
        }
    }

    @Test
    void shouldSayFailedToWhatIsNotCommittedWhenItStops() throws IOException {
        served.serve("");
        try (TestClient committed = TestClient.connect(served.port);
                TestClient uncommitted = TestClient.connect(served.port);
                TestClient quiet = TestClient.connect(served.port)) {
            committed.send("a");
            Channel.Taken first = served.take();
            uncommitted.send("b");
            served.take();
            await().atMost(LIMIT).until(() -> served.meter("connections") == 3);

            served.stop(Duration.ofMillis(500));
            served.commit(first);

            assertThat(committed.answer()).isEqualTo(Status.OK);
            assertThat(uncommitted.answer()).isEqualTo(Status.FAILED);
            assertThat(served.stopped().everythingCommitted()).isFalse();
            committed.awaitClosed();
            uncommitted.awaitClosed();
            quiet.awaitClosed();
        }
    }

    @Test
    void shouldSayFailedAtOnceToWhatComesWhileItStops() throws IOException {
        served.serve("");
        try (TestClient client = TestClient.connect(served.port);
                TestClient other = TestClient.connect(served.port)) {
            client.send("a");
            Channel.Taken taken = served.take();
            await().atMost(LIMIT).until(() -> served.meter("connections") == 2);
            served.stop(LIMIT);
            // Until then it has not heard that it shall stop, and would take what comes.
            await().atMost(LIMIT).until(() -> !served.isListening());

            assertThat(other.send("b").answer()).isEqualTo(Status.FAILED);

            served.commit(taken);
            assertThat(client.answer()).isEqualTo(Status.OK);
            assertThat(served.stopped().everythingCommitted()).isTrue();
        }
    }

    @Test
    void shouldSayFailedToAnEventThatGetsNoFurtherAndServeTheNext() throws IOException {
        served.serve("max-event = 1 KiB");
        try (TestClient client = TestClient.connect(served.port)) {
            assertThat(client.send("small", "x".repeat(1100)).answer()).isEqualTo(Status.FAILED);
            served.awaitLine("answers /127.0.0.1:");
            served.awaitLine("where max-event allows less");
            client.send("next");
            assertThat(served.store(1)).containsExactly("next");
            assertThat(client.answer()).isEqualTo(Status.OK);
        }
    }

    @Test
    void shouldSayThatItsPortIsTakenHarmNobodyElseAndServeOnceItIsFree() throws IOException {
        ServedChannel owner = new ServedChannel(1000).serve("");
        try (TestClient before = TestClient.connect(owner.port)) {
            served.runNode(
                    Map.of("late", "port = " + owner.port, "beside", ""),
                    "source late failed: java.net.BindException: cannot listen on 127.0.0.1:" + owner.port
                            + " (bind, port): ");
            served.awaitLine("source beside listens on");
            try (TestClient client = TestClient.connect(served.port)) {
                client.send("beside it");
                assertThat(served.store(1)).containsExactly("beside it");
                assertThat(client.answer()).isEqualTo(Status.OK);
            }
            before.send("to the owner");
            assertThat(owner.store(1)).containsExactly("to the owner");
            assertThat(before.answer()).isEqualTo(Status.OK);
        } finally {
            owner.close();
        }

        served.awaitLine("source late listens on");
        try (TestClient client = TestClient.connect(owner.port)) {
            client.send("late");
            assertThat(served.store(1)).containsExactly("late");
            assertThat(client.answer()).isEqualTo(Status.OK);
        }
    }
}
