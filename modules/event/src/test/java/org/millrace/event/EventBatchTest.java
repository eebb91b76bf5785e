package org.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
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
    void shouldKeepSomeEventsAtTheirPositions() {
        EventBatch ends = batch.only(BitSet.valueOf(new long[] {0b110}));

        assertThat(ends.size()).isEqualTo(2);
        assertThat(ends.position(0)).isEqualTo(batch.position(1));
        assertThat(ends.last()).isEqualTo(batch.last());
        assertThat(ends.headers(0)).isEqualTo(batch.headers(1));
        assertThat(ends.ownHeaders(1)).isEmpty();
        assertThat(ends.bodyText(0, StandardCharsets.UTF_8)).isEqualTo("b");
        assertThat(batch.only(BitSet.valueOf(new long[] {0b111}))).isSameAs(batch);
        assertThatThrownBy(() -> batch.only(new BitSet())).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whoever still has the slab can tell by it, though nobody may write to it. */
    @Test
    void shouldGiveUpASlabOfWhichLessThanHalfIsLeft() {
        byte[] slab = new byte[1000];
        EventBatch large = EventBatch.builder(SOURCE, 1, 0, Map.of(), slab)
                .add(0, 490, 1)
                .add(490, 500, 2)
                .add(990, 10, 3)
                .build();
        EventBatch half = large.only(BitSet.valueOf(new long[] {0b010}));
        EventBatch little = large.only(BitSet.valueOf(new long[] {0b100}));

        Arrays.fill(slab, (byte) 7);
        assertThat(half.copyBody(0)).containsOnly(7).hasSize(500);
        assertThat(little.copyBody(0)).containsOnly(0).hasSize(10);
    }

    @Test
    void shouldChangeBodiesAndKeepTheRest() {
        EventBatch changed = batch.withBodies(Map.of(1, "longer".getBytes(StandardCharsets.UTF_8)));

        assertThat(changed.bodyText(0, StandardCharsets.UTF_8)).isEqualTo("a");
        assertThat(changed.bodyText(1, StandardCharsets.UTF_8)).isEqualTo("longer");
        assertThat(changed.bodyText(2, StandardCharsets.UTF_8)).isEqualTo("c");
        assertThat(changed.headers(1)).isEqualTo(batch.headers(1));
        assertThat(changed.bytes()).isEqualTo(batch.bytes() + 5);
        assertThat(changed.last()).isEqualTo(batch.last());
        assertThat(batch.withBodies(Map.of())).isSameAs(batch);
    }

    @Test
    void shouldAddHeadersOfSingleEvents() {
        EventBatch more = batch.withOwnHeaders(Map.of(0, Map.of("k", "v"), 1, Map.of("part", "2", "x", "y")));

        assertThat(more.headers(0)).isEqualTo(Map.of("file", "f", "part", "0", "k", "v"));
        assertThat(more.ownHeaders(1)).isEqualTo(Map.of("part", "2", "x", "y"));
        assertThat(more.ownHeaders(2)).isEmpty();
        assertThat(batch.withOwnHeaders(Map.of())).isSameAs(batch);
    }

    @Test
    void shouldTakeHeadersAwayWhereverTheyAre() {
        EventBatch rest = batch.withoutHeaders("part"::equals);

        assertThat(rest.headers(0)).isEqualTo(Map.of("file", "f"));
        assertThat(rest.headers(1)).isEqualTo(Map.of("file", "f"));
        assertThat(batch.withoutHeaders("other"::equals)).isSameAs(batch);
    }

    @Test
    void shouldRefusePositionsThatDoNotRise() {
        EventBatch.Builder builder =
                EventBatch.builder(SOURCE, 1, 0, Map.of(), new byte[4]).add(0, 1, 5);

        assertThatThrownBy(() -> builder.add(1, 1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add(3, 2, 9)).isInstanceOf(IllegalArgumentException.class);
    }
}
