package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void shouldKnowNothingOfNone() {
        assertThat(latencies.json().toString()).isEqualTo("{\"p50_ms\":0,\"p99_ms\":0,\"max_ms\":0}");
    }

    @Test
    void shouldTellExactPercentiles() {
        for (int millis = 100; millis > 0; millis--) {
            latencies.add(millis);
        }
        assertThat(latencies.text()).isEqualTo("p50 50 ms, p99 99 ms, max 100 ms");
        assertThat(latencies.percentile(100)).isEqualTo(100);
    }

    @Test
    void shouldHoldLongOnes() {
        latencies.add(-3);
        latencies.add(100_000);
        assertThat(latencies.percentile(50)).isZero();
        assertThat(latencies.max()).isEqualTo(100_000);
    }
}
