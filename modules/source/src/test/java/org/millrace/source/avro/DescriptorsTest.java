package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
    /** Every connection that may stay takes one. */
    @ParameterizedTest
    @CsvSource({"0, 0", "64, 0", "65, 1", "66, 2", "200, 136", "10064, 10000"})
    void shouldKeepTheLastForOthers(long left, int spared) {
        AtomicLong open = new AtomicLong(left);
        Descriptors descriptors = new Descriptors(open::get);

        int given = 0;
        while (descriptors.spareOne()) {
            open.decrementAndGet();
            given++;
        }

        assertThat(given).isEqualTo(spared);
    }

    @Test
    void shouldSpareAgainOnceThereAreMore() {
        AtomicLong open = new AtomicLong(Descriptors.KEPT);
        Descriptors descriptors = new Descriptors(open::get);
        assertThat(descriptors.spareOne()).isFalse();

        open.incrementAndGet();

        assertThat(descriptors.spareOne()).isTrue();
    }

    @Test
    void shouldNotCountThemForEveryConnection() {
        AtomicInteger counted = new AtomicInteger();
        Descriptors descriptors = new Descriptors(() -> {
            counted.incrementAndGet();
            return 1_000_000;
        });

        for (int i = 0; i < 1000; i++) {
            assertThat(descriptors.spareOne()).isTrue();
        }

        assertThat(counted).hasValue(10);
    }
}
