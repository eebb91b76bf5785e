package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompletedNameTest {
    @Test
    void shouldNumberOnlyWhenTheNameIsTaken() {
        assertThat(CompletedName.freeEnding(".OK", Set.<String>of()::contains)).isEqualTo(".OK");
        assertThat(CompletedName.freeEnding(".OK", Set.of(".OK")::contains)).isEqualTo(".1.OK");
        assertThat(CompletedName.freeEnding(".OK", Set.of(".OK", ".1.OK")::contains))
                .isEqualTo(".2.OK");
    }

    @Test
    void shouldCountUpOneByOneWithoutGaps() {
        Set<String> taken = new HashSet<>();
        taken.add(".OK");
        for (int i = 1; i <= 300; i++) {
            String ending = CompletedName.freeEnding(".OK", taken::contains);
            assertThat(ending).isEqualTo("." + i + ".OK");
            taken.add(ending);
        }
    }

    @Test
    void shouldNeverGiveATakenNameWhateverTheGaps() {
        for (int gaps = 0; gaps < 1 << 8; gaps++) {
            Set<String> taken = new HashSet<>(Set.of(".OK"));
            for (int bit = 0; bit < 8; bit++) {
                if ((gaps & 1 << bit) != 0) {
                    taken.add("." + (bit + 1) + ".OK");
                }
            }
            assertThat(taken).doesNotContain(CompletedName.freeEnding(".OK", taken::contains));
        }
    }

    @Test
    void shouldLookAtFewNamesAmongMany() {
        int[] looks = new int[1];
        String ending = CompletedName.freeEnding(".OK", name -> {
            looks[0]++;
            return name.equals(".OK") || Integer.parseInt(name.substring(1, name.indexOf('.', 1))) <= 100_000;
        });
        assertThat(ending).isEqualTo(".100001.OK");
        assertThat(looks[0]).isLessThan(40);
    }
}
