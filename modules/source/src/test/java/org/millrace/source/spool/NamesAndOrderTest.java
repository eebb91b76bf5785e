package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesAndOrderTest {
    private static final NameFilter FILTER =
            new NameFilter(Pattern.compile(".*\\.log"), Optional.of(Pattern.compile("debug.*")), ".DONE", ".BAD");

    @ParameterizedTest
    @CsvSource({
        "a.log, false, true",
        "a.txt, false, false",
        "a.log.gz, false, false",
        ".a.log, true, true",
        "a.log.DONE, true, false",
        "a.log.1.DONE, true, false",
        "a.log.BAD, true, false",
        "debug.log, true, true",
        "my-debug.log, false, true"
    })
    void shouldDecideByName(String name, boolean skips, boolean includes) {
        assertThat(FILTER.skips(name)).isEqualTo(skips);
        assertThat(FILTER.includes(name)).isEqualTo(includes);
    }

    @Test
    void shouldKeepTheOldestInOrderOfTimeAndName() {
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            // Three files a millisecond, so that names decide as well.
            all.add(new Candidate(Path.of(String.format("/s/%04d", i)), i, Instant.ofEpochMilli(i / 3)));
        }
        List<Candidate> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(7));
        OldestFiles oldest = new OldestFiles(100);

        shuffled.forEach(oldest::offer);

        assertThat(oldest.inOrder()).isEqualTo(all.subList(0, 100));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 0, 1, SAME",
        "11, 0, 1, GROWN",
        "11, 5, 1, GROWN",
        "9, 5, 1, SHRUNK",
        "10, 5, 1, REWRITTEN",
        "10, -5, 1, REWRITTEN",
        "10, 0, 2, REPLACED",
        "99, 9, 2, REPLACED"
    })
    void shouldTellHowAFileChanged(long size, long nanosLater, long inode, String change) {
        Instant time = Instant.parse("2026-01-01T00:00:00.123456789Z");
        FileIdentity before = new FileIdentity(10, time, 1);
        FileIdentity now = new FileIdentity(size, time.plusNanos(nanosLater), inode);
        assertThat(before.changeTo(now).map(FileChange::name).orElse("SAME")).isEqualTo(change);
    }
}
