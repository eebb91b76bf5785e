package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBoundTest {
    @ParameterizedTest
    @CsvSource({
        // options, MiB
        "-Xmx96m, 352",
        "-Xmx1G -XX:+UseSerialGC, 1280",
        "-Xmx131072k, 384",
        "-Xmx134217728, 384",
        "-Xmx96m -Dx=-Xmx1g -Xmx128m, 384",
    })
    void shouldBeTheLastHeapAndWhatIsBesideIt(String options, long mebibytes) {
        assertThat(MemoryBound.of(options)).hasValue(new MemoryBound(mebibytes));
    }

    @Test
    void shouldNotBeWithoutALimitOfTheHeap() {
        assertThat(MemoryBound.of("-Xms96m -XX:+UseSerialGC")).isEmpty();
    }

    @Test
    void shouldObjectToMore() {
        MemoryBound bound = new MemoryBound(352);
        assertThat(bound.objection("node01", 352L << 20)).isEmpty();
        assertThat(bound.objection("node01", 353L << 20))
                .hasValue("node01 had 353 MiB resident, and its bound is 352 MiB");
    }
}
