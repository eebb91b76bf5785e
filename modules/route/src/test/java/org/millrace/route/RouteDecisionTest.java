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

    private static final Map<String, Optional<CollectorId>> ROUTES =
            Map.of("high", Optional.of(HIGH), "low", Optional.of(LOW), "none", Optional.empty());

    /** node04 as described, node05 fine, the lane on node04, nowhere, or on node05. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "fine,                          MEMBER,  true,  ALIVE,   READY,    high, high, high",
        "suspected but heard,           MEMBER,  false, ALIVE,   READY,    high, high, high",
        "late but not suspected,        MEMBER,  true,  LATE,    READY,    high, high, high",
        "suspected and late,            MEMBER,  false, LATE,    READY,    low,  low,  low",
        "broken for this agent alone,   MEMBER,  true,  BROKEN,  READY,    low,  low,  low",
        "yet to give its first answer,  MEMBER,  true,  UNKNOWN, WAITING,  low,  none, low",
        "yet to answer and joining,     JOINING, true,  UNKNOWN, WAITING,  low,  none, low",
        "gone before it answered,       GOING,   true,  UNKNOWN, WAITING,  low,  low,  low",
        "leaving although heard,        GOING,   true,  ALIVE,   READY,    low,  low,  low",
        "not in yet,                    JOINING, true,  ALIVE,   READY,    low,  low,  low",
        "ready since a moment ago,      MEMBER,  true,  ALIVE,   SETTLING, high, high, low",
        "stores do not answer,          MEMBER,  true,  ALIVE,   WAITING,  low,  low,  low",
        "about to stop,                 MEMBER,  true,  ALIVE,   DRAINING, low,  low,  low",
    })
    void shouldLeaveTheBetterCollectorOnlyForAReason(
            String what,
            Membership membership,
            boolean reachable,
            Path path,
            Readiness readiness,
            String fromHigh,
            String fromNowhere,
            String fromLow) {
        List<CollectorView> collectors =
                List.of(new CollectorView(HIGH, 10, membership, reachable, path, readiness), fine(LOW, 5, true));

        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(HIGH))).isEqualTo(ROUTES.get(fromHigh));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.empty())).isEqualTo(ROUTES.get(fromNowhere));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(LOW))).isEqualTo(ROUTES.get(fromLow));
    }

    /** At the start of all nobody is ready yet. node04 and node05 are as described; the lane is nowhere or on one. */
    @ParameterizedTest(name = "node04 {0} and {1}, node05 {2}")
    @CsvSource({
        "ALIVE,   WAITING,  WAITING,  high, high, low",
        "ALIVE,   WAITING,  SETTLING, high, high, low",
        "ALIVE,   SETTLING, WAITING,  high, high, low",
        "ALIVE,   SETTLING, SETTLING, high, high, low",
        "ALIVE,   SETTLING, READY,    high, high, low",
        "ALIVE,   READY,    SETTLING, high, high, high",
        "UNKNOWN, WAITING,  SETTLING, none, low,  low",
        "BROKEN,  WAITING,  SETTLING, low,  low,  low",
    })
    void shouldNotFollowWhoeverIsFirstAtTheStart(
            Path path, Readiness high, Readiness low, String fromNowhere, String fromHigh, String fromLow) {
        List<CollectorView> collectors = List.of(
                new CollectorView(HIGH, 10, Membership.MEMBER, true, path, high),
                new CollectorView(LOW, 5, Membership.MEMBER, true, Path.ALIVE, low));

        assertThat(RouteDecision.decide(collectors, LANE, Optional.empty())).isEqualTo(ROUTES.get(fromNowhere));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(HIGH))).isEqualTo(ROUTES.get(fromHigh));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(LOW))).isEqualTo(ROUTES.get(fromLow));
    }

    /** Only a higher tier is worth a wait. */
    @Test
    void shouldNotWaitForOneThatIsNoBetter() {
        for (int priority : List.of(1, 5)) {
            CollectorView silent =
                    new CollectorView(HIGH, priority, Membership.MEMBER, true, Path.UNKNOWN, Readiness.WAITING);
            assertThat(RouteDecision.decide(List.of(silent, fine(LOW, 5, true)), LANE, Optional.empty()))
                    .contains(LOW);
        }
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

    /** node05 answers while it is joining, node04 is as described, and the lane is nowhere or on node05. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "its host refuses connections,    MEMBER,  false, BROKEN,  READY,    low,  low",
        "leaving,                         GOING,   true,  ALIVE,   READY,    low,  low",
        "about to stop,                   MEMBER,  true,  ALIVE,   DRAINING, low,  low",
        "up and has not answered yet,     MEMBER,  true,  UNKNOWN, WAITING,  none, low",
        "joining and has not answered,    JOINING, true,  UNKNOWN, WAITING,  none, low",
        "joining and answers,             JOINING, true,  ALIVE,   READY,    none, low",
        "suspected and late,              MEMBER,  false, LATE,    READY,    none, low",
        "up and answers,                  MEMBER,  true,  ALIVE,   WAITING,  high, high",
    })
    void shouldUseACollectorThatIsJoiningWhenThereIsNoOtherHope(
            String what,
            Membership membership,
            boolean reachable,
            Path path,
            Readiness readiness,
            String fromNowhere,
            String fromLow) {
        List<CollectorView> collectors = List.of(
                new CollectorView(HIGH, 10, membership, reachable, path, readiness),
                new CollectorView(LOW, 5, Membership.JOINING, true, Path.ALIVE, Readiness.WAITING));

        assertThat(RouteDecision.decide(collectors, LANE, Optional.empty())).isEqualTo(ROUTES.get(fromNowhere));
        assertThat(RouteDecision.decide(collectors, LANE, Optional.of(LOW))).isEqualTo(ROUTES.get(fromLow));
    }

    @Test
    void shouldWaitForACollectorThatIsJoiningAndDoesNotAnswer() {
        CollectorView silent = new CollectorView(LOW, 5, Membership.JOINING, true, Path.UNKNOWN, Readiness.WAITING);

        assertThat(RouteDecision.decide(List.of(silent), LANE, Optional.empty()))
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

    /**
     * Three collectors of priority 10 and two of 5, with 3000 lanes; then one more, or one less. The lanes
     * that move are counted: those that must, and no other.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a fourth in the best tier takes a quarter,       10, +, 0.25",
        "a collector in a tier of its own takes all,      20, +, 1.0",
        "a third in the tier behind takes none,           5,  +, 0.0",
        "one behind them all takes none,                  1,  +, 0.0",
        "one of the best tier gives its third away,       10, -, 0.3333",
        "one of the tier behind had none,                 5,  -, 0.0",
    })
    void shouldMoveOnlyTheLanesThatMust(String what, int priority, String change, double share) {
        List<CollectorView> five = tiers(10, 10, 10, 5, 5);
        CollectorView other = change.equals("+")
                ? fine(new CollectorId("pekko://millrace@10.0.1.1:2552", 99), priority, true)
                : five.stream()
                        .filter(view -> view.priority() == priority)
                        .findFirst()
                        .orElseThrow();
        List<CollectorView> with = new ArrayList<>(five);
        with.remove(other);
        List<CollectorView> without = List.copyOf(with);
        with.add(other);
        List<CollectorView> before = change.equals("+") ? without : with;
        List<CollectorView> after = change.equals("+") ? with : without;

        int moved = 0;
        for (int i = 0; i < 3000; i++) {
            LaneId lane = new LaneId("web" + i, "weblogs", "c1");
            Optional<CollectorId> old = RouteDecision.decide(before, lane, Optional.empty());
            Optional<CollectorId> now = RouteDecision.decide(after, lane, old);
            if (!now.equals(old)) {
                moved++;
                assertThat(change.equals("+") ? now : old)
                        .as("lanes move to the one that came, or from the one that went")
                        .contains(other.id());
            }
        }
        assertThat(moved / 3000.0).isBetween(share * 0.9, share * 1.1);
    }

    /** The tier behind takes over as a whole when the last of the best goes, spread over all its collectors. */
    @Test
    void shouldSpreadTheLanesOfALostTierOverTheNext() {
        List<CollectorView> five = tiers(10, 5, 5, 5, 1);
        Map<CollectorId, Integer> lanesOf = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            LaneId lane = new LaneId("web" + i, "weblogs", "c1");
            CollectorId now = RouteDecision.decide(
                            five.subList(1, 5), lane, Optional.of(five.get(0).id()))
                    .orElseThrow();
            lanesOf.merge(now, 1, Integer::sum);
        }
        assertThat(lanesOf.keySet())
                .containsExactlyInAnyOrder(
                        five.get(1).id(), five.get(2).id(), five.get(3).id());
        assertThat(lanesOf.values()).allMatch(lanes -> lanes > 900 && lanes < 1100);
    }

    private static List<CollectorView> tiers(int... priorities) {
        List<CollectorView> collectors = new ArrayList<>();
        for (int i = 0; i < priorities.length; i++) {
            collectors.add(fine(new CollectorId("pekko://millrace@10.0.0." + i + ":2552", i), priorities[i], true));
        }
        return collectors;
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
