package org.millrace.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Telemetry telemetry = new Telemetry(registry);

    @Test
    void shouldShowOneLineAPartInTheOrderOfKindAndName() {
        telemetry.part("sink", "kafka").counter("stored.events").increment(3);
        telemetry.part("channel", "kafka").counter("committed.events").increment(10_000);
        telemetry.part("channel", "kafka").gauge("depth.events", () -> 7);
        telemetry.part("channel", "hdfs").gauge("load", () -> 0.5);

        assertThat(telemetry.lines())
                .containsExactly(
                        "channel hdfs: load=0.5",
                        "channel kafka: committed.events=10000 depth.events=7",
                        "sink kafka: stored.events=3");
    }

    @Test
    void shouldAddUpWhatThePartsOfAKindShow() {
        telemetry.part("channel", "kafka").gauge("held.events", () -> 7);
        telemetry.part("channel", "hdfs").gauge("held.events", () -> 5);
        telemetry.part("channel", "hdfs").gauge("depth.events", () -> 3);
        telemetry.part("sink", "hdfs").gauge("held.events", () -> 100);

        assertThat(telemetry.total("channel", "held.events")).isEqualTo(12);
        assertThat(telemetry.total("channel", "nothing")).isZero();
    }

    @Test
    void shouldCountEachReasonByItself() {
        Telemetry.Part part = telemetry.part("sink", "k1");

        part.counter("deadlettered", "too-large").increment();
        part.counter("deadlettered", "no-timestamp").increment(2);
        part.counter("deadlettered", "too-large").increment();

        assertThat(telemetry.lines())
                .containsExactly("sink k1: deadlettered[no-timestamp]=2 deadlettered[too-large]=2");
    }

    @Test
    void shouldGiveTheSameCounterToAllWhoAsk() {
        telemetry.part("source", "s").counter("events").increment();
        telemetry.part("source", "s").counter("events").increment();

        assertThat(telemetry.part("source", "s").counter("events").count()).isEqualTo(2);
    }

    @Test
    void shouldReplaceAGaugeOfTheSameName() {
        telemetry.part("channel", "c1").gauge("depth", () -> 1);
        telemetry.part("channel", "c2").gauge("depth", () -> 5);
        telemetry.part("channel", "c1").gauge("depth", () -> 2);

        assertThat(telemetry.lines()).containsExactly("channel c1: depth=2", "channel c2: depth=5");
    }

    @Test
    void shouldShowAGaugeThatCannotBeReadAndGoOn() {
        telemetry.part("channel", "c1").gauge("depth", () -> {
            throw new IllegalStateException("gone");
        });
        telemetry.part("channel", "c1").gauge("load", () -> Double.POSITIVE_INFINITY);
        telemetry.part("channel", "c2").gauge("depth", () -> 5);

        assertThat(telemetry.lines()).containsExactly("channel c1: depth=NaN load=Infinity", "channel c2: depth=5");
    }

    @Test
    void shouldLeaveMetersOfOthersOut() {
        registry.counter("jvm.threads").increment();
        registry.counter("millrace.bare", "name", "x").increment();
        registry.counter("millrace.part.events").increment();

        assertThat(telemetry.lines()).isEmpty();
        assertThat(telemetry.registry()).isSameAs(registry);
    }
}
