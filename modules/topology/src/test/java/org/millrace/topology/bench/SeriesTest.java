package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.millrace.topology.feed.FedLine;

class SeriesTest {
    private static final int LINES = 1_000_000;
    private static final long BYTES = (long) LINES * FedLine.USUAL_LENGTH;
    private static final List<Series> ALL = Series.all(new Setup(1, 500_000, "", "", "a = b", ""), LINES);

    @Test
    void shouldSendAsManyBytesInEachPoint() {
        assertThat(ALL)
                .flatMap(Series::points)
                .allSatisfy(
                        point -> assertThat(point.load().lines() * point.load().lineLength())
                                .isBetween(BYTES * 999 / 1000, BYTES));
    }

    @Test
    void shouldDifferInOneThing() {
        assertThat(points("lanes")).extracting(point -> point.load().lanes()).containsExactly(1, 10, 50);
        assertThat(points("collectors"))
                .extracting(point -> point.setup().collectors())
                .containsExactly(1, 2, 4);
        assertThat(points("sizes"))
                .extracting(point -> point.load().lineLength())
                .containsExactly(100, 1024, 102_400);
        assertThat(points("kinds")).extracting(point -> point.load().files()).containsExactly(1, 100_000, 1, 1);
    }

    @Test
    void shouldWarmUpWithLinesOfTheSameKind() {
        Series.Point files = points("kinds").get(1);
        assertThat(files.load().of(files.setup().warmUp())).isEqualTo(new Load(1, 5000, 10, FedLine.USUAL_LENGTH));
        Series.Point lanes = points("lanes").get(1);
        assertThat(lanes.load().of(lanes.setup().warmUp())).isEqualTo(new Load(10, 1, 50_000, FedLine.USUAL_LENGTH));
    }

    @Test
    void shouldGiveEachEventTenHeaders() {
        Config shared = ConfigFactory.parseString(points("kinds").get(2).setup().agentSettings());
        assertThat(shared.getConfigList("millrace.agent.sources.weblogs.interceptors"))
                .hasSize(10);
        assertThat(shared.getString("a")).isEqualTo("b");

        Config own = ConfigFactory.parseString(points("kinds").get(3).setup().agentSettings());
        Config extractor =
                own.getConfigList("millrace.agent.sources.weblogs.interceptors").get(0);
        Matcher found = Pattern.compile(extractor.getString("regex"))
                .matcher(new String(new FedLine("weblogs", 42, 0).bytes(100), StandardCharsets.US_ASCII));
        assertThat(found.find()).isTrue();
        assertThat(found.groupCount()).isEqualTo(10);
        assertThat(extractor.getConfigList("serializers")).hasSize(10);
    }

    private static List<Series.Point> points(String name) {
        return ALL.stream()
                .filter(series -> series.name().equals(name))
                .findFirst()
                .orElseThrow()
                .points();
    }
}
