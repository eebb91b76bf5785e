package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionsTest {
    @TempDir
    private Path directory;

    private final Completions completions = new Completions();

    private Path drop(String lane, String name, long first) throws IOException {
        Path file = Files.createFile(directory.resolve(name));
        completions.dropped(lane, file, first);
        return file;
    }

    @Test
    void shouldNoteWhenEachFileOfALaneIsGone() throws IOException {
        Path one = drop("a", "1", 0);
        Path two = drop("a", "2", 100);
        Path other = drop("b", "3", 0);
        assertThat(completions.look()).isFalse();
        assertThat(completions.of("a")).isEmpty();

        Files.delete(one);
        Files.move(other, directory.resolve("3.COMPLETED"));
        long before = System.nanoTime();
        assertThat(completions.look()).isTrue();
        assertThat(completions.look()).as("nothing since").isFalse();
        assertThat(completions.of("a")).containsOnlyKeys(0L);
        assertThat(completions.of("a").get(0L).nanos()).isBetween(before, System.nanoTime());
        assertThat(completions.of("b")).containsOnlyKeys(0L);
        assertThat(completions.areAll()).isFalse();

        Files.delete(two);
        assertThat(completions.look()).isTrue();
        assertThat(completions.of("a")).containsOnlyKeys(0L, 100L);
        assertThat(completions.areAll()).isTrue();
    }

    @Test
    void shouldKnowNothingOfALaneWithoutFiles() {
        assertThat(completions.of("a")).isEmpty();
        assertThat(completions.areAll()).isTrue();
    }
}
