package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.trial.JavaProcess;

/** {@code bin/millrace quickstart} of the checkout, as its README tells users to run it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class QuickstartIT {
    private static final Path CHECKOUT = Path.of(Objects.requireNonNull(System.getProperty("millrace.checkout")));
    private static final Path ALL = Path.of(Objects.requireNonNull(System.getProperty("millrace.system-tests")));
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Pattern STARTED = Pattern.compile("process (\\d+)");

    private final Path place = ALL.resolve("QuickstartIT");
    private final Path state = place.resolve("state");

    @BeforeEach
    void begin() throws IOException {
        Directories.delete(place);
        Files.createDirectories(place);
    }

    private Script script(String log) {
        return new Script(CHECKOUT.resolve("bin/millrace"), place.resolve(log));
    }

    @Test
    void shouldShowTheSampleInBothStoresTwiceInARow() throws IOException {
        Script first = script("first.log");
        try (JavaProcess quickstart = first.start("quickstart", "--directory", state.toString(), "--lines", "1000")) {
            await().atMost(LIMIT).until(() -> first.output().contains("Ctrl-C stops everything"));
            assertShowsTheSample(first.output(), "1,000");
            takesFilesOfTheUser(first);
            staysAlone();

            quickstart.terminate();
            quickstart.awaitExit(LIMIT);
        }
        assertThat(first.output())
                .containsSubsequence("Stopped node01", "Stopped node04", "Stopped node05", "Stopped Kafka and HDFS")
                .doesNotContain("Exception");
        assertNothingRuns(first.output());

        Script.Result second = script("second.log").run(LIMIT, "quickstart", "--once", "--directory", state.toString());
        assertThat(second.exitCode()).as(second.output()).isZero();
        assertShowsTheSample(second.output(), "10,000");
        assertNothingRuns(second.output());

        Script.Result clean = script("clean.log").run(LIMIT, "quickstart", "--clean", "--directory", state.toString());
        assertThat(clean.exitCode()).as(clean.output()).isZero();
        assertThat(state).doesNotExist();
    }

    private void assertShowsTheSample(String output, String lines) {
        assertThat(output)
                .contains("Kafka has " + lines + " of " + lines + " lines")
                .contains("HDFS  has " + lines + " of " + lines + " lines")
                .contains("rwb_topic")
                .contains("/flume/logdfs")
                .contains(state.resolve("spool").toString())
                .contains("collector node04")
                .doesNotContain("Exception");
    }

    private void takesFilesOfTheUser(Script quickstart) throws IOException {
        Path own = Files.writeString(place.resolve("own.log"), "mine\n");
        Files.move(own, state.resolve("spool/own.log"));
        await().atMost(LIMIT).until(() -> quickstart.output().contains("committed 1,001"));
        Path completed = state.resolve("spool/own.log.COMPLETED");
        await().atMost(LIMIT).until(() -> Files.exists(completed));
    }

    private void staysAlone() {
        Script.Result busy = script("busy.log").run(LIMIT, "quickstart", "--directory", state.toString());
        assertThat(busy.exitCode()).isEqualTo(2);
        assertThat(busy.output()).hasLineCount(1).contains("another run uses");
    }

    @Test
    void shouldSayInOneLineWhatIsInTheWay() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(socket.getLocalPort());
            Script.Result busy = script("port.log")
                    .run(LIMIT, "quickstart", "--once", "--directory", state.toString(), "--kafka-port", port);
            assertThat(busy.exitCode()).isEqualTo(2);
            assertThat(busy.output().strip()).hasLineCount(1).contains("port " + port + " is busy");
        }
        Path file = Files.writeString(place.resolve("file"), "");
        Script.Result unwritable = script("file.log")
                .run(LIMIT, "quickstart", "--directory", file.resolve("state").toString());
        assertThat(unwritable.exitCode()).isEqualTo(2);
        assertThat(unwritable.output())
                .hasLineCount(1)
                .contains("cannot be written")
                .contains("--directory");
    }

    private static void assertNothingRuns(String output) {
        Matcher started = STARTED.matcher(output);
        int nodes = 0;
        while (started.find()) {
            nodes++;
            assertThat(ProcessHandle.of(Long.parseLong(started.group(1)))).isEmpty();
        }
        assertThat(nodes).isEqualTo(3);
    }
}
