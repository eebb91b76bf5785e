package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.Position;

class ProgressTest {
    /** Three files of 10, 20 and 30 bytes: ordinals 1, 2 and 3. */
    private static final Progress THREE =
            Progress.start(7).assign(List.of(found("a", 10), found("b", 20), found("c", 30)), 99);

    @Test
    void shouldGiveOrdinalsThatNeverComeBack() {
        assertThat(THREE.files().keySet()).containsExactly(1L, 2L, 3L);
        assertThat(THREE.files().get(2L)).isEqualTo(new FileInHand(2, Path.of("/s/b"), identity(20), 99));

        Progress later = THREE.drop(List.of(2L, 3L)).assign(List.of(found("d", 1)), 99);

        assertThat(later.files().keySet()).containsExactly(1L, 4L);
        assertThat(later.incarnation()).isEqualTo(7);
    }

    @ParameterizedTest(name = "committed {0}:{1}")
    @CsvSource({
        "0, 0,   0, 0, 0,     ''",
        "1, 9,   9, 0, 0,     ''",
        "1, 10, 10, 0, 0,     '1'",
        "2, 0,  10, 0, 0,     '1'",
        "2, 19, 10, 19, 0,    '1'",
        "2, 20, 10, 20, 0,    '1,2'",
        "3, 1,  10, 20, 1,    '1,2'",
        "3, 30, 10, 20, 30,   '1,2,3'"
    })
    void shouldKnowWhatIsComplete(long generation, long offset, long a, long b, long c, String complete) {
        Progress progress = THREE.commit(new Position(generation, offset));

        assertThat(progress.files().values().stream().map(progress::committedOffset))
                .containsExactly(a, b, c);
        assertThat(String.join(
                        ",",
                        progress.complete().stream()
                                .map(file -> Long.toString(file.ordinal()))
                                .toList()))
                .isEqualTo(complete);
    }

    @Test
    void shouldNotGoBack() {
        Progress progress = THREE.commit(new Position(2, 5));
        assertThat(progress.commit(new Position(1, 10))).isSameAs(progress);
        assertThat(progress.commit(new Position(2, 5))).isSameAs(progress);
    }

    @Test
    void shouldKnowOnlyPositionsOfFilesPickedUp() {
        assertThat(THREE.knows(new Position(3, 30))).isTrue();
        assertThat(THREE.knows(new Position(4, 0))).isFalse();
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        Progress start = Progress.start(1);
        assertThatThrownBy(() -> start.commit(new Position(1, 0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Progress(1, 3, Position.START, THREE.files()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Progress(1, 0, Position.START, Collections.emptyNavigableMap()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static FoundFile found(String name, long size) {
        return new FoundFile(Path.of("/s", name), identity(size));
    }

    private static FileIdentity identity(long size) {
        return new FileIdentity(size, Instant.EPOCH, size * 100);
    }
}
