package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterViewTest {
    private static final String A = "pekko://millrace@a:2552";
    private static final String B = "pekko://millrace@b:2552";
    private static final String C = "pekko://millrace@c:2552";

    /** The view of the node at B with the uid 2, which is with C. */
    private static final ClusterView OWN = new ClusterView(2, Map.of(B, 2L, C, 3L), Set.of(B, C));

    @ParameterizedTest
    @CsvSource({
        "3, z, true, the larger stays",
        "1, a, false, the smaller gives way",
        "2, a, true, of equals the one with the lowest address stays",
        "2, z, false, of equals the one with the higher lowest address gives way",
        "0, '', false, who is in no cluster makes nobody move"
    })
    void shouldGiveWayToTheLargerCluster(int size, String lowest, boolean givesWay, String why) {
        Hail hail = new Hail(A, 1, 0, size, lowest.isEmpty() ? "" : "pekko://millrace@" + lowest + ":2552", 5, true);

        assertThat(OWN.givesWayTo(hail)).as(why).isEqualTo(givesWay);
    }

    @Test
    void shouldNotGiveWayWhileItIsInNoClusterItself() {
        ClusterView joining = new ClusterView(2, Map.of(A, 1L, B, 2L), Set.of());

        assertThat(joining.givesWayTo(new Hail(C, 3, 0, 9, A, 5, true))).isFalse();
    }

    @Test
    void shouldLeaveAloneWhoIsInTheSameCluster() {
        Hail listedHere = new Hail(C, 3, 0, 9, A, 5, true);
        Hail listsThisOne = new Hail(A, 1, 2, 9, A, 5, true);
        Hail listsAFormerRun = new Hail(A, 1, 77, 9, A, 5, true);
        Hail formerRunListedHere = new Hail(C, 33, 0, 9, A, 5, true);

        assertThat(OWN.givesWayTo(listedHere)).isFalse();
        assertThat(OWN.givesWayTo(listsThisOne)).isFalse();
        assertThat(OWN.givesWayTo(listsAFormerRun)).isTrue();
        assertThat(OWN.givesWayTo(formerRunListedHere)).isTrue();
    }

    @Test
    void shouldNeverHaveBothGiveWay() {
        for (int mine = 1; mine <= 3; mine++) {
            for (int theirs = 1; theirs <= 3; theirs++) {
                for (String lowest : Set.of(A, C)) {
                    ClusterView one = new ClusterView(2, Map.of(B, 2L), reached(B, mine));
                    ClusterView other = new ClusterView(1, Map.of(lowest, 1L), reached(lowest, theirs));

                    boolean oneGives = one.givesWayTo(other.hail(lowest, B, 5, true));
                    boolean otherGives = other.givesWayTo(one.hail(B, lowest, 5, false));

                    assertThat(oneGives).isNotEqualTo(otherGives);
                }
            }
        }
    }

    @Test
    void shouldTellWhatItKnows() {
        assertThat(OWN.hail(B, C, 5, false)).isEqualTo(new Hail(B, 2, 3, 2, B, 5, false));
        assertThat(OWN.hail(B, A, 6, true)).isEqualTo(new Hail(B, 2, 0, 2, B, 6, true));
    }

    private static Set<String> reached(String lowest, int size) {
        return switch (size) {
            case 1 -> Set.of(lowest);
            case 2 -> Set.of(lowest, lowest + "1");
            default -> Set.of(lowest, lowest + "1", lowest + "2");
        };
    }
}
