package org.millrace.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TelemetryTest {
    private final Telemetry telemetry = Telemetry.inMemory();

    @Test
    void shouldShowOneLineAPartInTheOrderOfNames() {
        Telemetry.Part sink = telemetry.part("sink", "kafka");
        sink.counter("committed.events").increment(3);
        sink.counter("deadlettered", "record-too-large").increment();
        telemetry.part("channel", "c1").gauge("depth.events", () -> 7);

        assertThat(telemetry.lines())
                .containsExactly(
                        "channel c1: depth.events=7",
                        "sink kafka: committed.events=3 deadlettered[record-too-large]=1");
    }

    @Test
    void shouldLetALaterGaugeReplaceAnEarlierOne() {
        Telemetry.Part channel = telemetry.part("channel", "c1");
        channel.gauge("depth.events", () -> 1);
        channel.gauge("depth.events", () -> 2);

        assertThat(telemetry.lines()).containsExactly("channel c1: depth.events=2");
    }
}
