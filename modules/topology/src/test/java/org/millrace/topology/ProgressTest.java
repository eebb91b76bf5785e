package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress(address -> address.equals("a") ? "node04" : "?", 0);

    @Test
    void shouldTellTheRateBetweenChanges() {
        assertThat(progress.text(view(4000, 3000, "a"), TimeUnit.SECONDS.toNanos(1)))
                .isEqualTo("read 4,000  committed 3,000  3,000 events/s  collector node04");
        assertThat(progress.text(view(4000, 3000, "a"), TimeUnit.SECONDS.toNanos(2)))
                .contains(" 3,000 events/s");
        assertThat(progress.text(view(9000, 9000, "a"), TimeUnit.SECONDS.toNanos(3)))
                .contains(" 3,000 events/s");
        assertThat(progress.text(view(9000, 9000, "a"), TimeUnit.SECONDS.toNanos(6)))
                .contains(" 0 events/s");
    }

    @Test
    void shouldNotCountBackwardsWhenAnAgentStartsAgain() {
        progress.text(view(9000, 9000, "a"), TimeUnit.SECONDS.toNanos(1));
        assertThat(progress.text(view(100, 10, "a"), TimeUnit.SECONDS.toNanos(2)))
                .isEqualTo("read 100  committed 10  0 events/s  collector node04");
    }

    @Test
    void shouldSayWhenThereIsNoCollector() {
        assertThat(progress.text(AgentLog.View.NOTHING, 1)).endsWith("collector none");
    }

    @Test
    void shouldWriteOverTheLineOnATerminalOnly() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            for (boolean terminal : new boolean[] {true, false}) {
                ProgressLine line = new ProgressLine(out, terminal);
                line.show("long");
                line.show("long");
                line.show("s");
                line.end();
            }
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\rlong\rs   \nlong\ns\n");
    }

    private static AgentLog.View view(long read, long committed, String collector) {
        return new AgentLog.View(read, committed, Optional.of(collector));
    }
}
