package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;

class SelectorTest extends FlowFixture {
    /** Flume's user guide has this one. */
    private static final String BY_STATE = """
            selector {
              type = multiplexing
              header = State
              mapping { CA = [c1], AZ = [c2], NY = [c1, c2] }
              default = [c1]
              optional { CA = [c1, c2], TX = [c3] }
            }""";

    @ParameterizedTest
    @ValueSource(strings = {"", "selector {}", "selector { type = replicating }", "selector { optional = [] }"})
    void shouldReplicateIntoAllChannels(String written) {
        EventBatch batch = Events.of("a", "b");
        String text = written.replace("{", "{ type = replicating, ").replace(", type = replicating", "");

        assertThat(selector(written.isEmpty() ? "" : text, "kafka", "hdfs").select(batch))
                .isEqualTo(new Selection(Map.of("kafka", batch, "hdfs", batch), Map.of(), 0));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldReplicateIntoOptionalChannelsToo() {
        EventBatch batch = Events.of("a");

        assertThat(selector("selector { type = replicating, optional = [b, c] }", "a", "b", "c")
                        .select(batch))
                .isEqualTo(new Selection(Map.of("a", batch), Map.of("b", batch, "c", batch), 0));
        assertThat(problems.found()).isEmpty();
    }

    /** The values of the events' header, and which events each channel gets; a star for what is optional. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CA CA CA | c1=[0, 1, 2] c2*=[0, 1, 2]",
                "AZ | c2=[0]",
                "NY AZ NY | c1=[0, 2] c2=[0, 1, 2]",
                "FL none '' | c1=[0, 1, 2]",
                "CA AZ | c1=[0] c2=[0, 1]",
                "TX TX | c1=[0, 1] c3*=[0, 1]",
                "AZ TX AZ | c1=[1] c2=[0, 2] c3*=[1]",
                "ca | c1=[0]",
            })
    void shouldSendEventsWhereTheirHeaderSays(String values, String parts) {
        String[] header = values.split(" ");
        for (int i = 0; i < header.length; i++) {
            header[i] = header[i].equals("none") ? null : header[i].replace("''", " ");
        }

        Selection selection = selector(BY_STATE, "c1", "c2", "c3").select(Events.withHeader("State", header));

        assertThat(problems.found()).isEmpty();
        assertThat(shown(selection)).isEqualTo(parts);
        assertThat(selection.nowhere()).isZero();
    }

    @Test
    void shouldNotCopyABatchThatGoesOneWay() {
        EventBatch batch = Events.start().add("a", Map.of()).add("b", Map.of()).sharing(Map.of("State", "NY"));

        Selection selection = selector(BY_STATE, "c1", "c2", "c3").select(batch);

        assertThat(selection.required().get("c1")).isSameAs(batch);
        assertThat(selection.required().get("c2")).isSameAs(batch);
    }

    @Test
    void shouldCountWhatGoesNowhereWhereToldTo() {
        Selection selection = selector(
                        "selector { type = multiplexing, header = h, mapping { \"a.b\" = [c1] }, default = [],"
                                + " optional { o = [c1] } }",
                        "c1")
                .select(Events.withHeader("h", "a.b", "x", "o", null));

        assertThat(problems.found()).isEmpty();
        assertThat(shown(selection)).isEqualTo("c1=[0, 2]");
        assertThat(selection.nowhere()).isEqualTo(2);
    }

    @Test
    void shouldTakeFlumesHeaderWhereNoneIsWritten() {
        Selection selection = selector(
                        "selector { type = multiplexing, mapping { a = [c2] }, default = [c1] }", "c1", "c2")
                .select(Events.withHeader("flume.selector.header", "a", "b"));

        assertThat(shown(selection)).isEqualTo("c1=[1] c2=[0]");
    }

    @Test
    void shouldSpreadEventsEvenlyAndAlwaysInTheSameWay() {
        Selector selector = selector("selector { type = load-balancing }", "c1", "c2", "c3");
        EventBatch batch = Events.of(IntStream.range(0, 3000).mapToObj(i -> "x").toArray(String[]::new));

        Selection selection = selector.select(batch);

        assertThat(problems.found()).isEmpty();
        assertThat(selection.required().values()).extracting(EventBatch::size).allMatch(n -> n > 900 && n < 1100);
        assertThat(selection.required().values().stream()
                        .flatMap(part -> Events.indexes(part).stream())
                        .sorted())
                .isEqualTo(IntStream.range(0, 3000).boxed().toList());
        // Read again after a crash, in batches cut otherwise.
        BitSet second = new BitSet();
        second.set(1000, 2000);
        selector.select(batch.only(second))
                .required()
                .forEach((channel, part) -> assertThat(
                                Events.indexes(selection.required().get(channel)))
                        .containsAll(Events.indexes(part)));
    }

    @Test
    void shouldKeepThePartsOfALongLineTogether() {
        Events events = Events.start();
        for (int part = 1; part <= 50; part++) {
            events.add("x", Map.of("line-part", Integer.toString(part), "line-parts", "50"));
        }

        assertThat(selector("selector { type = load-balancing }", "c1", "c2", "c3")
                        .select(events.sharing(Map.of()))
                        .required())
                .hasSize(1);
    }

    private static String shown(Selection selection) {
        Map<String, List<Integer>> parts = new TreeMap<>();
        selection.required().forEach((channel, part) -> parts.put(channel, Events.indexes(part)));
        selection.optional().forEach((channel, part) -> parts.put(channel + "*", Events.indexes(part)));
        return String.join(
                " ",
                parts.entrySet().stream()
                        .map(part -> part.getKey() + "=" + part.getValue())
                        .toList());
    }
}
