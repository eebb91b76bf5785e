package org.millrace.topology.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.topology.drill.Findings.Copies;
import org.millrace.topology.drill.Findings.Gap;
import org.millrace.topology.drill.Findings.Mark;
import org.millrace.topology.drill.Findings.Numbers;
import org.millrace.topology.feed.FedLine;

class FindingsTest {
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Copies> inHdfs = new HashMap<>();
    private Map<Mark, Long> marks = Map.of();

    /** Line {@code number} of an agent, fed at 0, got by the broker at {@code at}. */
    private FindingsTest arrival(String agent, long number, long at, String collector) {
        arrivals.add(new Arrival(new FedLine(agent, number, 0), at, collector));
        return this;
    }

    private Findings findings(int fedEach) {
        Map<String, Numbers> fed = Map.of("node01", new Numbers(10, 10 + fedEach), "node02", new Numbers(0, fedEach));
        fed.forEach((agent, numbers) -> inHdfs.computeIfAbsent(agent, name -> new Copies(numbers)));
        return new Findings(fed, arrivals, inHdfs, marks);
    }

    private void hdfsHas(String agent, Numbers fed, long... numbers) {
        Copies copies = new Copies(fed);
        for (long number : numbers) {
            copies.add(new FedLine(agent, number, 0));
        }
        inHdfs.put(agent, copies);
    }

    @Test
    void shouldCountWhatIsLostInTheStoreThatHasLess() {
        arrival("node01", 10, 1, "node04").arrival("node01", 11, 2, "node04").arrival("node02", 1, 3, "node04");
        hdfsHas("node01", new Numbers(10, 12), 10);
        hdfsHas("node02", new Numbers(0, 2), 0);
        Findings findings = findings(2);
        assertThat(findings.lines()).isEqualTo(4);
        assertThat(findings.lost()).isEqualTo(2);
    }

    @Test
    void shouldCountCopiesInEachStore() {
        arrival("node01", 10, 1, "node04").arrival("node01", 10, 2, "node05").arrival("node01", 10, 3, "node05");
        hdfsHas("node01", new Numbers(10, 12), 10, 10, 9, 12);
        Findings findings = findings(2);
        assertThat(findings.duplicatedInKafka()).isEqualTo(2);
        assertThat(findings.duplicatedInHdfs())
                .as("lines of other scenarios do not count")
                .isEqualTo(1);
    }

    @Test
    void shouldCountWhatKafkaHasBehindSomethingLater() {
        arrival("node01", 11, 1, "node04").arrival("node02", 0, 2, "node04").arrival("node01", 12, 3, "node05");
        assertThat(findings(3).outOfOrder()).isZero();
        arrival("node01", 11, 4, "node05").arrival("node01", 12, 5, "node05");
        assertThat(findings(3).outOfOrder()).as("what is sent again").isZero();
        arrival("node01", 10, 6, "node05");
        assertThat(findings(3).outOfOrder()).isEqualTo(1);
    }

    @Test
    void shouldCountWhatAFileOfHdfsHasBehindSomethingLater() {
        Copies copies = new Copies(new Numbers(0, 5));
        inHdfs.put("node02", copies);
        copies.add(new FedLine("node02", 3, 0));
        copies.begin();
        copies.add(new FedLine("node02", 0, 0));
        copies.add(new FedLine("node02", 2, 0));
        assertThat(findings(5).outOfOrder()).as("each in its file").isZero();
        copies.add(new FedLine("node02", 1, 0));
        assertThat(findings(5).outOfOrder()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"7999, false", "8000, true", "10500, true", "10501, false"})
    void shouldTellWhetherWhatCameAgainWasUnderWay(long fedAt, boolean underWay) {
        marks = Map.of(Mark.BROKEN, 10_000L);
        arrival("node02", 0, 1, "node04");
        assertThat(findings(2).againOnlyUnderWayAt(Mark.BROKEN))
                .as("nothing came again")
                .isTrue();
        FedLine line = new FedLine("node02", 1, fedAt);
        arrivals.add(new Arrival(line, 10_600, "node04"));
        arrivals.add(new Arrival(line, 10_700, "node05"));
        assertThat(findings(2).againOnlyUnderWayAt(Mark.BROKEN)).isEqualTo(underWay);

        arrivals.clear();
        Copies copies = new Copies(new Numbers(0, 2));
        copies.add(line);
        copies.add(line);
        inHdfs.put("node02", copies);
        assertThat(findings(2).againOnlyUnderWayAt(Mark.BROKEN)).as("HDFS").isEqualTo(underWay);
    }

    @Test
    void shouldFindTheLongestGapOfAllAndOfOne() {
        arrival("node01", 10, 100, "node04")
                .arrival("node02", 0, 150, "node04")
                .arrival("node02", 1, 400, "node04")
                .arrival("node01", 11, 420, "node04");
        Findings findings = findings(2);
        assertThat(findings.gap()).isEqualTo(new Gap(150, 250));
        assertThat(findings.gapOf("node01")).isEqualTo(new Gap(100, 320));
    }

    @Test
    void shouldCountALineThatIsLateOnceAndNotWhenOnlyItsCopyIs() {
        arrival("node01", 10, 1_999, "node04")
                .arrival("node01", 10, 9_000, "node05")
                .arrival("node01", 11, 2_001, "node05")
                .arrival("node01", 11, 2_002, "node05");
        assertThat(findings(2).late()).isEqualTo(1);
    }

    @Test
    void shouldTellWhereAgentsDeliveredBeforeMeanwhileAndAfter() {
        marks = Map.of(Mark.BROKEN, 10L, Mark.MENDED, 20L);
        arrival("node01", 10, 9, "node04")
                .arrival("node01", 11, 11, "node05")
                .arrival("node02", 0, 12, "node05")
                .arrival("node01", 12, 25, "node05")
                .arrival("node01", 13, 30, "node04");
        Findings findings = findings(4);
        assertThat(findings.before()).isEqualTo(Map.of("node01", "node04", "node02", "node05"));
        assertThat(findings.meanwhile()).isEqualTo(Map.of("node01", "node05", "node02", "node05"));
        assertThat(findings.after()).isEqualTo(Map.of("node01", "node04", "node02", "node05"));
        assertThat(findings.stayed("node02", "node05")).isTrue();
        assertThat(findings.stayed("node01", "node04")).isFalse();
        assertThat(findings.wholeAfter())
                .as("the last line of node01 by node05")
                .hasValue(5L);
        assertThat(findings.resumedAfter(Mark.MENDED)).hasValue(5L);
    }

    @Test
    void shouldNotTellWhenItWasWholeWhereNothingWasMended() {
        arrival("node01", 10, 9, "node04");
        assertThat(findings(1).wholeAfter()).isEmpty();
    }
}
