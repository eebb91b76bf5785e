package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;

class DeliveredTest {
    private static final EventBatch BATCH = Batches.of(3, 100);

    @Test
    void shouldGoOnBehindWhatWasTaken() {
        Delivered delivered =
                new Delivered(new RequestSize(10, 1000), Telemetry.inMemory().part("sink", "k1"));
        assertThat(delivered.firstAfter(BATCH)).isZero();

        delivered.took(BATCH, 20);

        assertThat(delivered.firstAfter(Batches.of(3, 100))).isEqualTo(20);
        assertThat(delivered.firstAfter(Batches.of(3, 15))).isEqualTo(15);
        assertThat(delivered.firstAfter(Batches.of(4, 15))).isZero();
    }

    @Test
    void shouldLimitRequestsByEventsAndBytes() {
        assertThat(new RequestSize(10, 1000).until(BATCH, 0)).isEqualTo(10);
        assertThat(new RequestSize(10, 1000).until(BATCH, 95)).isEqualTo(100);
        assertThat(new RequestSize(Integer.MAX_VALUE, 1000).until(BATCH, 95)).isEqualTo(100);
        assertThat(new RequestSize(10, 12).until(BATCH, 0))
                .as("bodies of 3 bytes")
                .isEqualTo(4);
        assertThat(new RequestSize(10, 1).until(BATCH, 7)).as("at least one").isEqualTo(8);
    }

    @Test
    void shouldShrinkWhenRefusedAndGrowByAndBy() {
        RequestSize size = new RequestSize(100, 1000);
        size.refused(100);
        assertThat(size.events()).isEqualTo(50);
        size.refused(7);
        assertThat(size.events()).isEqualTo(3);
        size.refused(1);
        assertThat(size.events()).isEqualTo(1);
        for (int i = 0; i < 98; i++) {
            size.taken();
        }
        assertThat(size.events()).isEqualTo(99);
        size.taken();
        size.taken();
        assertThat(size.events()).isEqualTo(100);
    }
}
