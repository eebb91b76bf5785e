package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.millrace.topology.Json;

class TrendTest {
    private static String json(Trend trend) {
        ObjectNode json = Json.object();
        trend.addTo(json);
        return json.toString();
    }

    private static Trend.Sample sample(long nanos, long residentMiB, OptionalLong kept) {
        return new Trend.Sample(nanos, OptionalLong.of(residentMiB << 20), kept);
    }

    @Test
    void shouldTellTheMostResidentAndTheLeastHeapOfTheFirstAndTheLastThird() {
        Trend trend = Trend.of(
                List.of(
                        sample(0, 100, OptionalLong.of(40)),
                        sample(299, 110, OptionalLong.of(30)),
                        sample(300, 900, OptionalLong.of(1)),
                        sample(599, 900, OptionalLong.of(1)),
                        sample(600, 120, OptionalLong.empty()),
                        sample(900, 115, OptionalLong.of(33))),
                900);

        assertThat(json(trend))
                .isEqualTo("{\"rss_mib_early\":110,\"rss_mib_late\":120,\"heap_after_gc_mib_early\":30,"
                        + "\"heap_after_gc_mib_late\":33}");
        assertThat(trend.text())
                .isEqualTo(
                        "first and last third: resident 110 and 120 MiB, least heap after collections 30 and 33 MiB");
    }

    @Test
    void shouldSayWhatIsNotKnown() {
        Trend trend = Trend.of(List.of(new Trend.Sample(0, OptionalLong.empty(), OptionalLong.empty())), 900);

        assertThat(json(trend))
                .isEqualTo("{\"rss_mib_early\":null,\"rss_mib_late\":null,\"heap_after_gc_mib_early\":null,"
                        + "\"heap_after_gc_mib_late\":null}");
        assertThat(trend.text())
                .isEqualTo("first and last third: resident ? and ? MiB, least heap after collections ? and ? MiB");
    }
}
