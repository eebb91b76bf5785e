package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;

class ReadinessNoticeTest {
    private static final String WAIT = "; events wait, and no more are read when the channels are full";
    private static final CollectorId ONE = new CollectorId("node04", 1);
    private static final CollectorId TWO = new CollectorId("node05", 2);
    private static final CollectorView READY = LaneSteps.ready(ONE, 10);
    private static final CollectorView WAITING =
            new CollectorView(ONE, 10, Membership.MEMBER, true, Path.ALIVE, Readiness.WAITING);
    private static final CollectorView UNREACHABLE = LaneSteps.withPath(ONE, 10, Path.BROKEN);

    private final ReadinessNotice notice = new ReadinessNotice();
    private final List<String> said = new ArrayList<>();

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "MEMBER,  true,  ALIVE,   WAITING,  is not ready: a store does not answer",
        "MEMBER,  true,  LATE,    WAITING,  is not ready: a store does not answer",
        "MEMBER,  true,  ALIVE,   SETTLING, has just become ready",
        "MEMBER,  true,  ALIVE,   DRAINING, is draining",
        "MEMBER,  true,  BROKEN,  READY,    is unreachable",
        "MEMBER,  false, LATE,    READY,    is unreachable",
        "MEMBER,  false, BROKEN,  DRAINING, is unreachable",
        "MEMBER,  true,  UNKNOWN, WAITING,  has not answered yet",
        "JOINING, true,  UNKNOWN, WAITING,  is joining",
        "JOINING, true,  ALIVE,   READY,    is joining",
        "GOING,   true,  ALIVE,   READY,    is leaving",
        "GOING,   false, BROKEN,  READY,    is leaving",
    })
    void shouldSayWhatIsWrongWithACollector(
            Membership membership, boolean reachable, Path path, Readiness readiness, String expected) {
        List<CollectorView> collectors = List.of(
                new CollectorView(ONE, 10, membership, reachable, path, readiness),
                LaneSteps.withPath(TWO, 5, Path.BROKEN));

        assertThat(ReadinessNotice.reason(collectors))
                .isEqualTo("no collector is ready: node04 " + expected + ", node05 is unreachable");
    }

    @Test
    void shouldHaveNoReasonWhileOneIsReady() {
        assertThat(ReadinessNotice.reason(List.of(UNREACHABLE, LaneSteps.ready(TWO, 5))))
                .isEmpty();
    }

    @Test
    void shouldSayOnceThatThereIsNoneFromTheStart() {
        look(ReadinessNotice.TELL_AFTER - 1, List.of());
        assertThat(said).isEmpty();
        look(100, List.of());
        assertThat(said).containsExactly("no collector is in the cluster yet" + WAIT);
        look(1, List.of(READY));
        look(100, List.of(READY));
        assertThat(said).hasSize(2).last().isEqualTo("a collector is ready again");
    }

    @Test
    void shouldSayNothingOfWhatIsSoonOver() {
        for (int failover = 0; failover < 10; failover++) {
            look(ReadinessNotice.TELL_AFTER - 1, List.of(UNREACHABLE));
            look(1, List.of(READY));
        }
        assertThat(said).isEmpty();
    }

    @Test
    void shouldSayAnotherReasonWhenItHolds() {
        look(20, List.of(WAITING));
        look(ReadinessNotice.TELL_AFTER - 1, List.of(UNREACHABLE));
        look(20, List.of(WAITING));
        assertThat(said).hasSize(1);

        look(20, List.of(UNREACHABLE));
        assertThat(said)
                .containsExactly(
                        "no collector is ready: node04 is not ready: a store does not answer" + WAIT,
                        "no collector is ready: node04 is unreachable" + WAIT);
    }

    private void look(int times, List<CollectorView> collectors) {
        for (int i = 0; i < times; i++) {
            notice.look(collectors).ifPresent(said::add);
        }
    }
}
