package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.avrorpc.Status;
import org.millrace.trial.JavaProcess;

/** More connections than the process of a source has file descriptors, and fewer than it allows. */
class FewDescriptorsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int DESCRIPTORS = 400;
    private static final int CROWD = 1500;
    private static final Pattern PORT = Pattern.compile(FewDescriptors.SERVES + "(\\d+)\\.");

    @TempDir
    private Path directory;

    @Test
    void shouldTurnAwayWhomItHasNoneForAndServeTheOthersAndWhoComesOnceTheyAreGone() throws IOException {
        Path log = directory.resolve("source.log");
        try (JavaProcess source = source(log)) {
            source.awaitOutput(output -> PORT.matcher(output).find(), 0, LIMIT);
            Matcher serves = PORT.matcher(Files.readString(log));
            assertThat(serves.find()).isTrue();
            int port = Integer.parseInt(serves.group(1));
            try (TestClient good = TestClient.connect(port)) {
                assertThat(good.send("before").answer()).isEqualTo(Status.OK);
                List<TestClient> crowd = new ArrayList<>();
                for (int i = 0; i < CROWD; i++) {
                    crowd.add(TestClient.connect(port));
                }
                crowd.get(CROWD - 1).awaitClosed();

                assertThat(good.send("among them").answer()).isEqualTo(Status.OK);
                assertThat(crowd.get(0).send("one of them").answer()).isEqualTo(Status.OK);

                for (TestClient client : crowd) {
                    client.close();
                }
                assertThat(good.send("after").answer()).isEqualTo(Status.OK);
            }
            await().atMost(LIMIT).ignoreExceptions().until(() -> serves(port));
        }
        assertThat(Files.readString(log))
                .containsOnlyOnce("refused a connection of ")
                .contains("raise its limit (ulimit -n, LimitNOFILE)")
                .doesNotContain("Accept error")
                .doesNotContain("Too many open files");
    }

    private static boolean serves(int port) throws IOException {
        try (TestClient next = TestClient.connect(port)) {
            return next.send("a new one").answer() == Status.OK;
        }
    }

    private static JavaProcess source(Path log) {
        List<String> command = List.of(
                "/bin/sh",
                "-c",
                "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"",
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                FewDescriptors.class.getName());
        return JavaProcess.start("source", command, Map.of(), log);
    }
}
