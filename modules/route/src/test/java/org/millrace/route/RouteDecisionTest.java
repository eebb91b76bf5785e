package org.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.LaneId;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;

class RouteDecisionTest {
    private static final LaneId LANE = new LaneId("node01", "weblogs", "c1");
    private static final CollectorId HIGH = new CollectorId("pekko://millrace@node04:2552", 1);
    private static final CollectorId LOW = new CollectorId("pekko://millrace@node05:2552", 2);

    /** node04 as described, node05 fine, the lane on node04 or (without a current route) nowhere. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "fine,                          MEMBER,  true,  ALIVE,   READY,    high",
        "suspected but heard,           MEMBER,  false, ALIVE,   READY,    high",
        "late but not suspected,        MEMBER,  true,  LATE,    READY,    high",
        "suspected and late,            MEMBER,  false, LATE,    READY,    low",
        "broken for this agent alone,   MEMBER,  true,  BROKEN,  READY,    low",
        "never heard yet,               MEMBER,  true,  UNKNOWN, READY,    low",
        "leaving although heard,        GOING,   true,  ALIVE,   READY,    low",
        "not in yet,                    JOINING, true,  ALIVE,   READY,    low",
        "stores do not answer,          MEMBER,  true,  ALIVE,   WAITING,  low",
        "about to stop,                 MEMBER,  true,  ALIVE,   DRAINING, low",
    })
    void shouldLeaveTheBetterCollectorOnlyForAReason(
            String what, Membership membership, boolean reachable, Path path, Readiness readiness, String expected) {
        List<CollectorView> collectors =
                List.of(new CollectorView(HIGH, 10, membership, reachable, path, readiness), fine(LOW, 5, true));

        Map<String, CollectorId> names = Map.of("high", HIGH, "low", LOW);
        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(HIGH))).contains(names.get(expected));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.empty())).contains(names.get(expected));
    }

    @Test
    void shouldComeBackToTheBetterCollectorWhenItIsReady() {
        assertThat(RouteDecision.decide(List.of(fine(HIGH, 10, true), fine(LOW, 5, true)), LANE, Optional.of(LOW)))
                .contains(HIGH);
        assertThat(RouteDecision.decide(List.of(fine(HIGH, 10, false), fine(LOW, 5, true)), LANE, Optional.of(LOW)))
                .contains(LOW);
    }

    @Test
    void shouldStayWhereItIsWhileNobodyIsReady() {
        List<CollectorView> collectors = List.of(fine(HIGH, 10, false), fine(LOW, 5, false));

        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(LOW))).contains(LOW);
        assertThat(RouteDecision.decide(collectors, LANE, Optional.empty())).contains(HIGH);
    }

    @Test
    void shouldHaveNoRouteWhenNobodyIsUsable() {
        assertThat(RouteDecision.decide(List.of(), LANE, Optional.of(HIGH))).isEmpty();
        assertThat(RouteDecision.decide(
                        List.of(new CollectorView(HIGH, 10, Membership.MEMBER, true, Path.BROKEN, Readiness.READY)),
                        LANE,
                        Optional.of(HIGH)))
                .isEmpty();
    }

    @Test
    void shouldMoveOnlyTheLanesOfTheCollectorThatGoes() {
        List<CollectorView> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(fine(new CollectorId("pekko://millrace@10.0.0." + i + ":2552", i), 10, true));
        }
        CollectorId gone = four.get(2).id();
        List<CollectorView> three =
                four.stream().filter(view -> !view.id().equals(gone)).toList();
        Map<CollectorId, Integer> lanesOf = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            LaneId lane = new LaneId("web" + i, "weblogs", "c1");
            CollectorId before =
                    RouteDecision.decide(four, lane, Optional.empty()).orElseThrow();
            CollectorId after =
                    RouteDecision.decide(three, lane, Optional.of(before)).orElseThrow();
            lanesOf.merge(before, 1, Integer::sum);
            if (!before.equals(gone)) {
                assertThat(after).isEqualTo(before);
            }
        }
        assertThat(lanesOf.values()).hasSize(4).allMatch(lanes -> lanes > 180 && lanes < 320);
    }

    @Test
    void shouldReadThePriorityFromTheRoles() {
        assertThat(Roles.priorityOf(Set.of("collector", "dc-default", Roles.priority(10))))
                .isEqualTo(OptionalInt.of(10));
        assertThat(Roles.priorityOf(Set.of("collector"))).isEmpty();
        assertThat(Roles.priorityOf(Set.of("priority-high"))).isEmpty();
    }

    @Test
    void shouldReadTheNameFromTheRoles() {
        assertThat(Roles.nodeOf(Set.of("collector", Roles.priority(10), Roles.node("node04"))))
                .contains("node04");
        assertThat(Roles.nodeOf(Set.of("collector", Roles.priority(10)))).isEmpty();
    }

    private static CollectorView fine(CollectorId id, int priority, boolean ready) {
        return new CollectorView(
                id, priority, Membership.MEMBER, true, Path.ALIVE, ready ? Readiness.READY : Readiness.WAITING);
    }
}
