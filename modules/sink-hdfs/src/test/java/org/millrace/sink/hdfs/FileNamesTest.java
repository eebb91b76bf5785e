package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
    private static final FileNames NAMES = new FileNames("collector-1", ".log", ".tmp");

    @Test
    void shouldNameFilesAfterPrefixNodeStartAndCounter() {
        String closed = NAMES.closed("events", 1772236800000L, 3);

        assertThat(closed).isEqualTo("events.collector-1.1772236800000-3.log");
        assertThat(NAMES.inUse(closed)).isEqualTo("events.collector-1.1772236800000-3.log.tmp");
        assertThat(NAMES.closed(NAMES.inUse(closed))).isEqualTo(closed);
    }

    @ParameterizedTest
    @CsvSource({
        "collector-1, collector-1",
        "c1.example.com, c1+example+com",
        "a+b, a%2Bb",
        "a/b c, a%2Fb%20c",
        "ü, %C3%BC",
    })
    void shouldWriteNodeNamesWithoutDots(String node, String written) {
        assertThat(new FileNames(node, "", ".tmp").closed("p", 1, 2)).isEqualTo("p." + written + ".1-2");
    }

    @Test
    void shouldTellItsFilesInUseFromOthers() {
        assertThat(NAMES.parse("a.b.collector-1.17-4.log.tmp")).contains(new FileNames.Parsed("a.b", 17));
        // Another node, though its name ends like ours.
        String other = new FileNames("x.collector-1", ".log", ".tmp").closed("events", 17, 4);
        assertThat(NAMES.parse(NAMES.inUse(other))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "events.collector-1.17-4.log",
                "events.collector-2.17-4.log.tmp",
                "events.collector-1.17-4.tmp",
                "events.collector-1.17.log.tmp",
                "events.collector-1.99999999999999999999-4.log.tmp",
                "collector-1.17-4.log.tmp",
            })
    void shouldLeaveOtherNamesAlone(String name) {
        assertThat(NAMES.parse(name)).isEmpty();
    }

    @Test
    void shouldLeaveRoomForTheLongestNumbers() {
        String prefix = "x".repeat(NAMES.longestPrefix());

        assertThat(NAMES.inUse(NAMES.closed(prefix, Long.MAX_VALUE, Long.MAX_VALUE)))
                .hasSize(255);
    }
}
