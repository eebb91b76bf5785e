package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleLogTest {
    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");
    private static final String COMBINED =
            "\\d+\\.\\d+\\.\\d+\\.\\d+ - - \\[\\d{2}/\\w{3}/\\d{4}:\\d{2}:\\d{2}:\\d{2} \\+0000] "
                    + "\"GET /\\S* HTTP/1\\.1\" \\d{3} \\d+ \"https?://\\S+\" \"[^\"]+\"";

    @TempDir
    private Path directory;

    @Test
    void shouldWriteDistinctLinesOfCombinedFormat() throws IOException {
        List<String> lines = write("a", START);
        assertThat(lines).hasSize(10_000).doesNotHaveDuplicates().allMatch(line -> line.matches(COMBINED));
        assertThat(lines.stream().mapToInt(String::length).average().orElseThrow())
                .isBetween(160.0, 180.0);
    }

    @Test
    void shouldWriteTheSameForTheSameStartOnly() throws IOException {
        assertThat(write("a", START)).isEqualTo(write("b", START));
        assertThat(write("a", START)).doesNotContainAnyElementsOf(write("c", START.plusSeconds(1)));
    }

    private List<String> write(String name, Instant start) throws IOException {
        Path file = directory.resolve(name);
        SampleLog.write(file, 10_000, start);
        return Files.readAllLines(file);
    }
}
