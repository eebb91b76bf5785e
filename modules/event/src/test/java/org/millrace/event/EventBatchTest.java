package org.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventBatchTest {
    private static final SourceId SOURCE = new SourceId("weblogs", 1);

    private final EventBatch batch = EventBatch.builder(
                    SOURCE, 3, 10, Map.of("file", "f", "part", "0"), "abc".getBytes(StandardCharsets.UTF_8))
            .add(0, 1, 12)
            .add(1, 1, 14, Map.of("part", "1"))
            .add(2, 1, 16)
            .build();

    @Test
    void shouldKnowItsPositions() {
        assertThat(batch.first()).isEqualTo(new Position(3, 12));
        assertThat(batch.last()).isEqualTo(new Position(3, 16));
    }

    @Test
    void shouldLetAnEventsOwnHeadersWin() {
        assertThat(batch.headers(0)).isEqualTo(Map.of("file", "f", "part", "0"));
        assertThat(batch.headers(1)).isEqualTo(Map.of("file", "f", "part", "1"));
        assertThat(batch.header(1, "part")).isEqualTo("1");
        assertThat(batch.header(1, "file")).isEqualTo("f");
    }

    @Test
    void shouldCutOffWhatLiesAtOrBeforeAPosition() {
        EventBatch rest = batch.after(new Position(3, 12));

        assertThat(rest.size()).isEqualTo(2);
        assertThat(rest.first()).isEqualTo(new Position(3, 14));
        assertThat(rest.last()).isEqualTo(batch.last());
        assertThat(rest.ownHeaders(0)).isEqualTo(Map.of("part", "1"));
        assertThat(rest.copyBody(0)).containsExactly('b');
        assertThat(batch.after(new Position(2, 99))).isSameAs(batch);
        assertThatThrownBy(() -> batch.after(new Position(3, 16))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTakeAHeaderAwayFromTheEventsThatHaveItThemselves() {
        EventBatch rest = batch.withoutOwnHeader("part");

        assertThat(rest.ownHeaders(1)).isEmpty();
        assertThat(rest.header(1, "part")).isEqualTo("0");
        assertThat(rest.copyBody(1)).containsExactly('b');
        assertThat(rest.bytes()).isLessThan(batch.bytes());
        assertThat(batch.withoutOwnHeader("file")).isSameAs(batch);
    }

    @Test
    void shouldRefusePositionsThatDoNotRise() {
        EventBatch.Builder builder =
                EventBatch.builder(SOURCE, 1, 0, Map.of(), new byte[4]).add(0, 1, 5);

        assertThatThrownBy(() -> builder.add(1, 1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add(3, 2, 9)).isInstanceOf(IllegalArgumentException.class);
    }
}
