package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.avrorpc.Status;
import org.millrace.trial.JavaProcess;

/** 10,000 connections that are all in the middle of a request, and more of them than are allowed. */
class ThousandsOfClientsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int WANTED = 10_000;
    /** Below that the test would not show what it is to show. */
    private static final int FEWEST = 2_000;
    /** Descriptors for jars, the log, and what the system under test needs besides connections. */
    private static final int OTHERS = 400;

    private static final int BEYOND = 200;

    @TempDir
    private Path directory;

    private final ServedChannel served = new ServedChannel(1000);

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void shouldNotFillTheMemoryNorKeepAGoodClientFromItsAnswer() throws IOException {
        int many = permitted();
        served.serve("buffer-bytes = 1 MiB, max-request = 256 KiB, max-connections = " + (many + 1));
        try (TestClient good = TestClient.connect(served.port)) {
            stores(good, "before");
            try (JavaProcess clients = clients(many)) {
                clients.awaitOutput(output -> output.contains(ManyClients.CONNECTED), 0, LIMIT);
                await().atMost(LIMIT).until(() -> served.meter("connections") == many + 1);
                await().atMost(LIMIT).until(() -> served.meter("unanswered.bytes") > 1000 * 1000);
                assertThat(served.meter("unanswered.bytes")).isLessThan((1024 + 256) * 1024);
                clients.awaitOutput(output -> output.contains(ManyClients.TURNED_AWAY), 0, LIMIT);
                assertThat(served.meter("connections")).isEqualTo(many + 1);
                good.send("behind them all");
            }

            assertThat(served.store(1)).containsExactly("behind them all");
            assertThat(good.answer()).isEqualTo(Status.OK);
            await().atMost(LIMIT).until(() -> served.meter("connections") == 1);
            assertThat(served.meter("unanswered.bytes")).isZero();
            stores(good, "after");
        }
        try (TestClient next = TestClient.connect(served.port)) {
            stores(next, "a new one");
        }
        assertThat(served.meter("refused.connections")).isEqualTo(BEYOND);
        assertThat(served.lines().stream().filter(line -> line.contains("refused a connection")))
                .hasSize(1);
        assertThat(served.lines()).hasSizeLessThan(50);
    }

    /** As many as the limits on open files let each of both processes have, 10,000 at most. */
    private static int permitted() {
        long limit =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        int permitted = (int) Math.min(WANTED, limit - OTHERS - BEYOND);
        assertThat(permitted)
                .as(
                        "connections that 'ulimit -n' permits, which is %d: raise it to %d",
                        limit, WANTED + OTHERS + BEYOND)
                .isGreaterThanOrEqualTo(FEWEST);
        if (permitted < WANTED) {
            System.out.printf("'ulimit -n' of %d permits %d connections, not %d%n", limit, permitted, WANTED);
        }
        return permitted;
    }

    private JavaProcess clients(int many) {
        return JavaProcess.start(
                "clients",
                List.of("-Xmx256m", "-Djava.net.preferIPv4Stack=true"),
                System.getProperty("java.class.path"),
                ManyClients.class.getName(),
                List.of(Integer.toString(served.port), Integer.toString(many), Integer.toString(BEYOND)),
                directory.resolve("clients.log"));
    }

    private void stores(TestClient client, String body) throws IOException {
        client.send(body);
        assertThat(served.store(1)).containsExactly(body);
        assertThat(client.answer()).isEqualTo(Status.OK);
    }
}
