package org.millrace.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Waits until it is told to end. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended in order")));
            System.out.println("waiting");
            Thread.currentThread().join();
        }
    }

    /** Starts a process that waits, and ends. */
    static final class Starting {
        private Starting() {}

        public static void main(String[] args) {
            JavaProcess waiting = startWaiting(Path.of(args[0]));
            JavaProcess.atShutdown(waiting::close);
            await().atMost(PATIENCE).until(() -> Files.readString(waiting.log()).contains("waiting"));
        }
    }

    @TempDir
    private Path directory;

    @Test
    void shouldNotHearTheTerminalButBeTerminated() throws IOException, InterruptedException {
        Path log = directory.resolve("waiting.log");
        try (JavaProcess process = startWaiting(log)) {
            await().atMost(PATIENCE).until(() -> Files.readString(log).contains("waiting"));
            send("INT", process);
            send("HUP", process);
            process.terminate();
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(128 + 15);
        }
    }

    @Test
    void shouldEndProcessesInOrderWhenTheJvmEnds() throws IOException {
        Path log = directory.resolve("waiting.log");
        try (JavaProcess starting = JavaProcess.start(
                "starting",
                List.of(),
                System.getProperty("java.class.path"),
                Starting.class.getName(),
                List.of(log.toString()),
                directory.resolve("starting.log"))) {
            assertThat(starting.awaitExit(PATIENCE)).as(starting.logTail()).isZero();
        }
        assertThat(Files.readString(log)).contains("ended in order");
    }

    @Test
    void shouldPassArgumentsAsTheyAre() throws IOException {
        Path log = directory.resolve("echo.log");
        try (JavaProcess echo =
                JavaProcess.start("echo", List.of("/bin/echo", "two words", "$HOME", "a'b\"c"), Map.of(), log)) {
            assertThat(echo.awaitExit(PATIENCE)).isZero();
        }
        assertThat(Files.readString(log)).isEqualTo("two words $HOME a'b\"c\n");
    }

    @Test
    void shouldTellHowAProcessEndedThatWasToStart() {
        Path log = directory.resolve("fails.log");
        List<String> command = List.of("/bin/sh", "-c", "echo no disk; exit 7");
        try (JavaProcess fails = JavaProcess.start("fails", command, Map.of(), log)) {
            assertThatThrownBy(() -> fails.awaitOutput(gained -> gained.contains("started"), 0, PATIENCE))
                    .hasMessage("fails ended while it started, with exit code 7:\nno disk");
        }
    }

    private static JavaProcess startWaiting(Path log) {
        return JavaProcess.start(
                "waiting", List.of(), System.getProperty("java.class.path"), Waiting.class.getName(), List.of(), log);
    }

    private static void send(String signal, JavaProcess process) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }
}
