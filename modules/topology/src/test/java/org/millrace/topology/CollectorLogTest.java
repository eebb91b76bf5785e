package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorLogTest {
    @TempDir
    private Path directory;

    @Test
    void shouldBeReadyWhenAllSinksAre() throws IOException {
        Path log = directory.resolve("node04.log");
        CollectorLog collectorLog = new CollectorLog(log);
        assertThat(collectorLog.isReady()).isFalse();
        append(log, "INFO sink hdfs: failures=0 ready=0 stalled.ms=0\nINFO sink kafka: ready=1 stalled.ms=0\n");
        assertThat(collectorLog.isReady()).isFalse();
        append(log, "INFO sink hdfs: failures=0 ready=1 stalled.ms=0\n");
        assertThat(collectorLog.isReady()).isTrue();
        append(log, "INFO sink kafka: ready=0\n");
        assertThat(collectorLog.isReady()).isFalse();
    }

    private static void append(Path log, String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
