package org.millrace.topology.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SightingsTest {
    private final Sightings sightings = new Sightings();

    private void add(int... places) {
        for (int place : places) {
            sightings.add(place);
        }
    }

    @Test
    void shouldTellWhatCameFirstAndCountWhatCameAgain() {
        assertThat(sightings.add(3)).isTrue();
        assertThat(sightings.add(3)).isFalse();
        assertThat(sightings.add(4)).isTrue();
        assertThat(sightings.distinct()).isEqualTo(2);
        assertThat(sightings.again()).isEqualTo(1);
        assertThat(sightings.outOfOrder()).isZero();
    }

    @Test
    void shouldCountWhatCameFirstBehindSomethingLater() {
        add(1, 2, 1, 2, 3);
        assertThat(sightings.outOfOrder()).as("what is sent again").isZero();
        add(0);
        assertThat(sightings.outOfOrder()).isEqualTo(1);
    }

    @Test
    void shouldKnowAnOrderInEachFile() {
        add(3);
        sightings.begin();
        add(0, 2);
        assertThat(sightings.outOfOrder()).isZero();
        add(1);
        assertThat(sightings.outOfOrder()).isEqualTo(1);
        sightings.begin();
        add(3, 4);
        assertThat(sightings.outOfOrder()).isEqualTo(1);
    }
}
