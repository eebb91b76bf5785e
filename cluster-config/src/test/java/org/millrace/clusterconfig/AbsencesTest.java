package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AbsencesTest {
    private final Absences<String> absences = new Absences<>();

    @Test
    void shouldLastWhenAllHaveBeenAbsentForSoManyRounds() {
        assertThat(absences.last(Set.of("a"), 3)).isFalse();
        assertThat(absences.last(Set.of("a", "b"), 3)).isFalse();
        assertThat(absences.last(Set.of("a", "b"), 3)).as("b has not").isFalse();
        assertThat(absences.last(Set.of("a", "b"), 3)).isTrue();
    }

    @Test
    void shouldBeginAnewForWhoWasBack() {
        absences.last(Set.of("a"), 2);
        absences.last(Set.of(), 2);

        assertThat(absences.last(Set.of("a"), 2)).isFalse();
        assertThat(absences.last(Set.of("a"), 2)).isTrue();
    }

    @Test
    void shouldNotBeSetBackByWhoIsAbsentForAMoment() {
        absences.last(Set.of("a"), 3);
        absences.last(Set.of("a", "b"), 3);

        assertThat(absences.last(Set.of("a"), 3)).isTrue();
    }
}
