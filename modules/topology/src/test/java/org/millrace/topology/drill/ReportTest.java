package org.millrace.topology.drill;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.topology.drill.Findings.Copies;
import org.millrace.topology.drill.Findings.Mark;
import org.millrace.topology.drill.Findings.Numbers;
import org.millrace.topology.feed.FedLine;

class ReportTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Two lines of node01, of which Kafka got one by each collector, HDFS the first {@code inHdfs}. */
    private static Result result(String name, Scenario.Kind kind, int inHdfs, String... objections) {
        Numbers numbers = new Numbers(0, 2);
        Copies copies = new Copies(numbers);
        for (int i = 0; i < inHdfs; i++) {
            copies.add(new FedLine("node01", i, 0));
        }
        Findings findings = new Findings(
                Map.of("node01", numbers),
                List.of(
                        new Arrival(new FedLine("node01", 0, 0), 1_000, "node04"),
                        new Arrival(new FedLine("node01", 1, 0), 3_345, "node05"),
                        new Arrival(new FedLine("node01", 1, 0), 3_345, "node05")),
                new HashMap<>(Map.of("node01", copies)),
                Map.of(Mark.BROKEN, 2_000L, Mark.MENDED, 3_000L));
        return Result.of(Scenario.of(name, "", kind, ground -> {}), findings, List.of(objections));
    }

    private Report report(boolean json) {
        return new Report(json, stream(out), stream(err));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private List<String> rows() {
        return out.toString(StandardCharsets.UTF_8).lines().skip(3).toList();
    }

    private List<? extends Config> array() {
        return ConfigFactory.parseString("all = " + out.toString(StandardCharsets.UTF_8))
                .getConfigList("all");
    }

    @Test
    void shouldPrintARowOfAScenarioAsSoonAsItIsOver() {
        report(false).add(result("crash", Scenario.Kind.STEADY_FEED, 2));
        assertThat(rows())
                .containsExactly(
                        "crash            2,345       1      0         1        0  node04, node05           0.3"
                                + "  all shown");
    }

    @Test
    void shouldPrintNoTimesOfAScenarioWithoutSteadyFeed() {
        report(false).add(result("published", Scenario.Kind.OWN_FEED, 2));
        assertThat(rows()).singleElement().asString().startsWith("published            -       -      0");
    }

    @Test
    void shouldSayInTheRowWhatWasNotShown() {
        report(false).add(result("crash", Scenario.Kind.STEADY_FEED, 1, "node01 has ended"));
        assertThat(rows()).singleElement().asString().endsWith("  NOT SHOWN: nothing lost; node01 has ended");
    }

    @Test
    void shouldPrintAJsonArrayAtTheEndAndNothingBefore() {
        Report report = report(true);
        report.add(result("crash", Scenario.Kind.STEADY_FEED, 1, "a \"quoted\" \\ word\nand a line"));
        assertThat(out.size()).isZero();
        report.end();
        assertThat(array()).singleElement().satisfies(crash -> {
            assertThat(crash.getString("scenario")).isEqualTo("crash");
            assertThat(crash.getLong("lines")).isEqualTo(2);
            assertThat(crash.getLong("gap_ms")).isEqualTo(2_345);
            assertThat(crash.getLong("gap_from")).isEqualTo(1_000);
            assertThat(crash.getLong("late")).isEqualTo(1);
            assertThat(crash.getLong("lost")).isEqualTo(1);
            assertThat(crash.getLong("duplicated_in_kafka")).isEqualTo(1);
            assertThat(crash.getLong("duplicated_in_hdfs")).isZero();
            assertThat(crash.getLong("out_of_order")).isZero();
            assertThat(crash.getString("before.node01")).isEqualTo("node04");
            assertThat(crash.getString("after.node01")).isEqualTo("node05");
            assertThat(crash.getLong("whole_after_ms")).isEqualTo(345);
            assertThat(crash.getStringList("unmet"))
                    .containsExactly("nothing lost", "a \"quoted\" \\ word\nand a line");
        });
    }

    @Test
    void shouldTellWhatWasNotCarriedOutInTheJsonToo() {
        Report report = report(true);
        report.add(new Outcome.NotCarriedOut("partition", "links cannot be \"cut\""));
        report.end();
        assertThat(array())
                .singleElement()
                .satisfies(partition -> assertThat(partition.root().unwrapped())
                        .isEqualTo(Map.of("scenario", "partition", "not_carried_out", "links cannot be \"cut\"")));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("partition     not carried out: links cannot be \"cut\"");
    }

    @Test
    void shouldPrintWhatThereIsWhereTheDrillEndsEarly() {
        Report report = report(true);
        report.end();
        assertThat(array()).isEmpty();
    }

    @Test
    void shouldBeLosslessUnlessALineIsMissing() {
        Report report = report(true);
        report.add(result("crash", Scenario.Kind.STEADY_FEED, 2, "node01 has ended"));
        report.add(new Outcome.NotCarriedOut("partition", "links cannot be cut"));
        assertThat(report.lossless()).isTrue();
        report.add(result("freeze", Scenario.Kind.STEADY_FEED, 1));
        assertThat(report.lossless()).isFalse();
    }
}
