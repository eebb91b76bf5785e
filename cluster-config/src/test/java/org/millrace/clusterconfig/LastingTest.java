package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class LastingTest {
    private final Lasting<String> lasting = new Lasting<>();

    @Test
    void shouldLastWhenAllHaveBeenAbsentForSoManyRounds() {
        assertThat(lasting.have(Set.of("a"), 3)).isFalse();
        assertThat(lasting.have(Set.of("a", "b"), 3)).isFalse();
        assertThat(lasting.have(Set.of("a", "b"), 3)).as("b has not").isFalse();
        assertThat(lasting.have(Set.of("a", "b"), 3)).isTrue();
    }

    @Test
    void shouldBeginAnewForWhoWasBack() {
        lasting.have(Set.of("a"), 2);
        lasting.have(Set.of(), 2);

        assertThat(lasting.have(Set.of("a"), 2)).isFalse();
        assertThat(lasting.have(Set.of("a"), 2)).isTrue();
    }

    @Test
    void shouldNotBeSetBackByWhoIsAbsentForAMoment() {
        lasting.have(Set.of("a"), 3);
        lasting.have(Set.of("a", "b"), 3);

        assertThat(lasting.have(Set.of("a"), 3)).isTrue();
    }

    @Test
    void shouldNotLastWhenThereIsNothing() {
        assertThat(lasting.have(Set.of(), 1)).isFalse();
    }
}
