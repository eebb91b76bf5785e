package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    private Path parent;

    @Test
    void shouldBeMadeUsedAgainAndRemoved() throws IOException {
        Path path = parent.resolve("a/b");
        try (StateDirectory state = StateDirectory.take(path)) {
            Files.createDirectories(state.path().resolve("kafka/data"));
            Files.writeString(state.path().resolve("kafka/data/file"), "kept");
        }
        try (StateDirectory again = StateDirectory.take(path)) {
            assertThat(again.path().resolve("kafka/data/file")).hasContent("kept");
            again.empty();
            assertThat(again.path().resolve("kafka")).doesNotExist();
        }
        assertThat(StateDirectory.remove(path)).isTrue();
        assertThat(path).doesNotExist();
        assertThat(StateDirectory.remove(path)).isFalse();
    }

    @Test
    void shouldLeaveWhatIsNotOurs() throws IOException {
        Files.writeString(parent.resolve("thesis.txt"), "years");
        assertThatThrownBy(() -> StateDirectory.take(parent))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining(parent.toString())
                .hasMessageContaining("--directory");
        assertThatThrownBy(() -> StateDirectory.remove(parent)).isInstanceOf(CannotRunException.class);
        assertThat(parent.resolve("thesis.txt")).exists();
    }

    @Test
    void shouldBeUsedByOneRunAtATime() {
        Path path = parent.resolve("state");
        try (StateDirectory taken = StateDirectory.take(path)) {
            assertThat(taken.path()).isEqualTo(path);
            assertThatThrownBy(() -> StateDirectory.take(path)).hasMessageContaining("another run");
            assertThatThrownBy(() -> StateDirectory.remove(path)).hasMessageContaining("another run");
        }
    }

    @Test
    void shouldSayInOneLineWhatCannotBeWritten() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "");
        assertThatThrownBy(() -> StateDirectory.take(file.resolve("state")))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageNotContaining("\n");
    }
}
