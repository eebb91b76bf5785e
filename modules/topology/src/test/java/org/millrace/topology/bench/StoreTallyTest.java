package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.topology.bench.StoreTally.Counts;
import org.millrace.topology.bench.StoreTally.Fed;
import org.millrace.topology.feed.FedLine;

class StoreTallyTest {
    private static final int LENGTH = 100;

    private static final Fed FED = new Fed(1, 4, new TreeMap<>());

    /** Two lanes of four lines, of which the first is warm-up; measured from 1000 on. */
    private final StoreTally tally = new StoreTally(Map.of("a", FED, "b", FED), 1000);

    private StoreTallyTest has(String lane, long at, int... numbers) {
        for (int number : numbers) {
            tally.line(new FedLine(lane, number, 500).bytes(LENGTH), 0, LENGTH - 1, at);
        }
        return this;
    }

    @Test
    void shouldHaveNothingAgainstWhatIsAsItWent() {
        has("a", 1100, 0, 1).has("b", 1100, 0).has("a", 1100, 2, 3).has("b", 1100, 1, 2, 3);
        assertThat(tally.counts()).isEqualTo(new Counts(8, 0, 0, 0, 0, 0));
        assertThat(tally.counts().objections("Kafka")).isEmpty();
    }

    @Test
    void shouldCountWhatIsMissingAndWhatIsThereTwice() {
        has("a", 1100, 0, 1, 2, 1, 2, 3).has("b", 1100, 0, 2);
        assertThat(tally.counts()).isEqualTo(new Counts(8, 2, 2, 0, 0, 0));
        assertThat(tally.counts().objections("Kafka"))
                .containsExactly("Kafka has 2 lines missing", "Kafka has 2 lines too many: they are there already");
        assertThat(tally.counts().text()).isEqualTo("6 lines of 8, 2 of them twice");
    }

    @Test
    void shouldCountWhatCameAfterALaterLineOfItsLane() {
        has("a", 1100, 0, 2, 1, 3).has("b", 1100, 0, 1, 2, 3);
        assertThat(tally.counts()).isEqualTo(new Counts(8, 0, 0, 1, 0, 0));
    }

    @Test
    void shouldLookAtTheOrderOfEachSequenceAlone() {
        has("a", 1100, 2, 3).has("b", 1100, 0, 1, 2, 3);
        tally.begin();
        has("a", 1100, 0, 1);
        assertThat(tally.counts().outOfOrder()).isZero();
    }

    @Test
    void shouldCountWhatWasNotFed() {
        has("a", 1100, 4).has("c", 1100, 0);
        byte[] torn = new FedLine("a", 0, 500).bytes(LENGTH);
        tally.line(torn, 0, LENGTH - 2, 1100);
        assertThat(tally.counts()).isEqualTo(new Counts(8, 8, 0, 0, 3, 0));
        assertThat(tally.counts().objections("HDFS"))
                .containsExactly("HDFS has 8 lines missing", "HDFS has 3 lines that were not fed like this");
    }

    @Test
    void shouldTimeMeasuredLinesFromTheLaterOfFeedAndStart() {
        has("a", 1040, 0, 1).has("a", 1090, 1);
        tally.line(new FedLine("a", 2, 1500).bytes(LENGTH), 0, LENGTH - 1, 1507);
        assertThat(tally.latencies().count()).isEqualTo(2);
        assertThat(tally.latencies().percentile(50)).isEqualTo(7);
        assertThat(tally.latencies().max()).isEqualTo(40);
    }

    @Test
    void shouldCountWhatCameAfterItsFileWasCompleted() {
        Fed twoFiles = new Fed(1, 4, new TreeMap<>(Map.of(0L, 1100L, 2L, 1200L)));
        StoreTally completed = new StoreTally(Map.of("a", twoFiles), 1000);
        for (int number = 0; number < 4; number++) {
            // Of each file the second line comes a millisecond too late.
            long at = new long[] {1100, 1101, 1200, 1201}[number];
            completed.line(new FedLine("a", number, 500).bytes(LENGTH), 0, LENGTH - 1, at);
        }

        assertThat(completed.counts()).isEqualTo(new Counts(4, 0, 0, 0, 0, 2));
        assertThat(completed.counts().objections("HDFS"))
                .containsExactly("HDFS has 2 lines that it got after the agent had completed their file");
    }
}
