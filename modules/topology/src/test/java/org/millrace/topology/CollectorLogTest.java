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
    void shouldBeReadyWhenTheCollectorSaysSo() throws IOException {
        Path log = directory.resolve("node04.log");
        CollectorLog collectorLog = new CollectorLog(log);
        assertThat(collectorLog.isReady()).isFalse();
        append(log, "INFO  org.millrace.sink.SinkRunner sink kafka: connected\n");
        assertThat(collectorLog.isReady()).isFalse();
        append(log, "INFO  o.millrace.collector.CollectorNode ready: every store answers\nINFO  o.a.Other more\n");
        assertThat(collectorLog.isReady()).isTrue();
        append(log, "WARN  o.millrace.collector.CollectorNode not ready; agents turn to a collector that is\n");
        assertThat(collectorLog.isReady()).isFalse();
    }

    private static void append(Path log, String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
