package org.millrace.topology.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.topology.drill.Limits.Lead;

class LimitsTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, true, -",
                "5242880, true, -",
                "5242881, true, 'Kafka got 5.0 MiB ahead of HDFS, whose channel holds 4.0 MiB'",
                "3000000, false, 'not all agents had files that wait while Kafka was ahead of HDFS'",
            })
    void shouldObjectToALeadThatTheChannelDoesNotAllow(long bytes, boolean waiting, String objection) {
        assertThat(Limits.onLead("Kafka", "HDFS", new Lead(bytes, waiting), 4 * MIB)
                        .orElse(null))
                .isEqualTo(objection);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, true, 'HDFS got only 0.0 MiB ahead of Kafka, whose channel holds 4.0 MiB'",
                "2097151, true, 'HDFS got only 2.0 MiB ahead of Kafka, whose channel holds 4.0 MiB'",
                "2097152, true, -",
                "5242880, true, -",
                "5242881, true, 'HDFS got 5.0 MiB ahead of Kafka, whose channel holds 4.0 MiB'",
                "3000000, false, 'not all agents had files that wait while HDFS was ahead of Kafka'",
            })
    void shouldObjectToALeadThatDoesNotFillTheChannel(long bytes, boolean waiting, String objection) {
        assertThat(Limits.onFullLead("HDFS", "Kafka", new Lead(bytes, waiting), 4 * MIB)
                        .orElse(null))
                .isEqualTo(objection);
    }

    @Test
    void shouldKeepTheFurthestLeadAndThatFilesWaited() {
        assertThat(Lead.NONE.max(new Lead(3, true)).max(new Lead(7, false)).max(new Lead(5, false)))
                .isEqualTo(new Lead(7, true));
        assertThat(Lead.NONE.max(new Lead(-1, false))).isEqualTo(new Lead(-1, false));
    }

    @Test
    void shouldObjectToMoreMemoryThanTheLimit() {
        assertThat(Limits.onMemory("node01", OptionalLong.of(350 * MIB), 350)).isEmpty();
        assertThat(Limits.onMemory("node01", OptionalLong.of(351 * MIB), 350))
                .contains("node01 used 351.0 MiB, more than 350 MiB");
    }

    @Test
    void shouldObjectWhereNobodyCanTellTheMemory() {
        assertThat(Limits.onMemory("node01", OptionalLong.empty(), 350))
                .contains("this system does not tell how much memory node01 used");
    }
}
