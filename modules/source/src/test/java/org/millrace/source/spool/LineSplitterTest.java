package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.source.spool.LineSplitter.Stop;

class LineSplitterTest {
    private static final int MAX_EVENT = 5;
    private static final int BATCH_EVENTS = 3;

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("", false, List.of(), 0, Stop.SLAB_USED_UP),
                Arguments.of("a\nbb\n", false, List.of("a", "bb"), 0, Stop.SLAB_USED_UP),
                Arguments.of("a\nbb", false, List.of("a"), 2, Stop.SLAB_USED_UP),
                Arguments.of("a\nbb", true, List.of("a", "bb"), 0, Stop.SLAB_USED_UP),
                Arguments.of("a\nbb\n", true, List.of("a", "bb"), 0, Stop.SLAB_USED_UP),
                Arguments.of("\n\n", false, List.of("", ""), 0, Stop.SLAB_USED_UP),
                Arguments.of("a\r\n\0\n", false, List.of("a\r", "\0"), 0, Stop.SLAB_USED_UP),
                Arguments.of("a\nb\nc\nd\n", false, List.of("a", "b", "c"), 2, Stop.BATCH_FULL),
                Arguments.of("12345\n", false, List.of("12345"), 0, Stop.SLAB_USED_UP),
                Arguments.of("12345", false, List.of(), 5, Stop.SLAB_USED_UP),
                Arguments.of("12345", true, List.of("12345"), 0, Stop.SLAB_USED_UP),
                Arguments.of("123456", false, List.of(), 6, Stop.LINE_TOO_LONG),
                Arguments.of("123456\n", false, List.of(), 7, Stop.LINE_TOO_LONG),
                Arguments.of("123456", true, List.of(), 6, Stop.LINE_TOO_LONG),
                Arguments.of("a\n123456\n", false, List.of("a"), 7, Stop.LINE_TOO_LONG));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldCut(String text, boolean endOfFile, List<String> bodies, int left, Stop stop) {
        Slab slab = new Slab(text.getBytes(StandardCharsets.ISO_8859_1), 100);
        EventBatch.Builder batch = builder(slab);

        assertThat(new LineSplitter(MAX_EVENT, BATCH_EVENTS).cut(slab, endOfFile, batch))
                .isEqualTo(stop);
        assertThat(batch.size()).isEqualTo(bodies.size());
        assertThat(slab.left()).isEqualTo(left);
        if (!bodies.isEmpty()) {
            assertThat(bodies(batch.build())).isEqualTo(bodies);
        }
    }

    @Test
    void shouldPlaceEventsBehindTheirNewlines() {
        Slab slab = new Slab("a\n\nbb".getBytes(StandardCharsets.ISO_8859_1), 100);
        EventBatch.Builder builder = builder(slab);
        new LineSplitter(MAX_EVENT, BATCH_EVENTS).cut(slab, true, builder);
        EventBatch batch = builder.build();

        assertThat(List.of(
                        batch.position(0).offset(),
                        batch.position(1).offset(),
                        batch.position(2).offset()))
                .containsExactly(102L, 103L, 105L);
    }

    private static EventBatch.Builder builder(Slab slab) {
        return EventBatch.builder(new SourceId("s", 1), 1, slab.offset(), Map.of(), slab.bytes);
    }

    private static List<String> bodies(EventBatch batch) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            bodies.add(new String(batch.copyBody(i), StandardCharsets.ISO_8859_1));
        }
        return bodies;
    }
}
