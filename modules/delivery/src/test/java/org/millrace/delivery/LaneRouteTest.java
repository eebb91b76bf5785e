package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.at;

import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;

/** A lane and the collectors that come and go. */
class LaneRouteTest extends LaneSteps {
    @Test
    void shouldSendEverythingThatIsNotCommittedAgainInOrderAfterAFailover() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(5);
        progress(5, PLENTY, at(2));
        long before = lane.session();

        lane.onCollectors(List.of(BROKEN_BEST, ready(OTHER, 5)));

        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(before));
        assertThat(watched).isEmpty();
        assertAsks(OTHER);
        TestInbox<Delivery.ToReceiver> second = opened(PLENTY);
        addOneByOne(5, 6);
        assertThat(delivered(second)).containsExactly("1=3", "2=4", "3=5", "4=6");
        progress(4, PLENTY, at(6));
        assertThat(commits).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(logged()).last().isEqualTo("lane " + LANE + " goes to " + OTHER + " (was " + BEST + ")");
    }

    @Test
    void shouldFailOverWhenTheReceiverIsGoneAndTheRouteWithIt() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        lane.onCollectors(List.of(
                new CollectorView(BEST, 10, Membership.GOING, true, Path.ALIVE, Readiness.READY), ready(OTHER, 5)));
        assertAsksNobody();

        lane.onReceiverGone(first.getRef());

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @ParameterizedTest
    @EnumSource(names = {"READY", "SETTLING"})
    void shouldMoveInItsTurnWhenNothingForcesIt(Readiness ofBest) {
        CollectorId better = joinedAfter(3);
        TestInbox<Delivery.ToReceiver> first = sendingToBest(1);
        lane.onCollectors(
                List.of(new CollectorView(BEST, 1, Membership.MEMBER, true, Path.ALIVE, ofBest), ready(better, 5)));

        ticks(2);
        addOneByOne(1, 2);
        assertThat(delivered(first)).containsExactly("2=2");
        progress(2, PLENTY, at(2));
        assertAsksNobody();
        ticks(1);

        assertAsks(better);
    }

    @Test
    void shouldNotWaitForItsTurnWhenItsCollectorFails() {
        CollectorId better = joinedAfter(Lane.SPREAD - 1);
        sendingToBest(1);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(better, 5)));
        assertAsksNobody();

        lane.onCollectors(List.of(withPath(BEST, 1, Path.BROKEN), ready(better, 5)));

        assertAsks(better);
    }

    @Test
    void shouldStayWhereItsStoresDoNotAnswerWhenTheyAnswerNowhere() {
        TestInbox<Delivery.ToReceiver> receiver = sendingToBest(2);
        lane.onCollectors(List.of(notReady(BEST, 10), notReady(OTHER, 5)));
        addOneByOne(2, 3);

        assertThat(delivered(receiver)).containsExactly("3=3");
        answeredTicks(3 * Lane.HANDOVER_LIMIT);
        assertAsksNobody();
    }

    @Test
    void shouldOpenANewSessionWhenTheCollectorEndsTheSession() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        long ended = lane.session();

        lane.on(new Delivery.Resend(ended, 0));

        assertAsks(BEST);
        assertThat(lane.session()).isNotEqualTo(ended);
        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(ended));
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @Test
    void shouldTakeWhatADrainingCollectorDidNotReceiveElsewhereAndAwaitTheRest() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(4);

        lane.on(new Delivery.Draining(lane.session(), 2));
        addOneByOne(4, 5);
        assertThat(first.getAllReceived()).isEmpty();
        assertAsksNobody();
        progress(2, PLENTY, at(2));

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=3", "2=4", "3=5");
        assertThat(commits).containsExactly(1L, 2L);
    }

    @Test
    void shouldLeaveADrainingCollectorAtOnceWhenItAwaitsNothing() {
        sendingToBest(0);

        lane.on(new Delivery.Draining(lane.session(), 0));

        assertAsks(OTHER);
    }

    @Test
    void shouldAwaitADrainingCollectorForAsLongAsItLivesWhenThereIsNoOther() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);
        addOneByOne(0, 2);
        delivered(receiver);

        lane.on(new Delivery.Draining(lane.session(), 2));
        answeredTicks(3 * Lane.HANDOVER_LIMIT);
        assertAsksNobody();
        progress(2, PLENTY, at(2));

        assertThat(commits).containsExactly(1L, 2L);
        assertThat(logged()).last().asString().contains("has no collector");
    }

    @Test
    void shouldTurnElsewhereWhenItIsRefused() {
        lane.onCollectors(List.of(ready(BEST, 10), ready(OTHER, 5)));
        assertAsks(BEST);

        lane.on(new Delivery.LaneRefused(lane.session()));

        assertAsks(OTHER);
    }

    @Test
    void shouldNotComeBackToACollectorThatSaidItWouldStopUntilItIsAnotherRunOfIt() {
        lane.onCollectors(List.of(ready(BEST, 10), ready(OTHER, 5)));
        lane.on(new Delivery.LaneRefused(lane.session()));
        door(BEST).getAllReceived();
        assertAsks(OTHER);

        // The directory has not heard of it yet.
        lane.onCollectors(List.of(ready(OTHER, 5), ready(BEST, 10)));
        assertAsksNobody();
        var restarted = new CollectorId(BEST.address(), 6);
        lane.onCollectors(List.of(ready(OTHER, 5), ready(restarted, 10)));
        assertAsks(restarted);
    }

    @Test
    void shouldWaitAndSaySoWhenNoCollectorIsUsable() {
        sendingToBest(2);
        lane.onCollectors(List.of(BROKEN_BEST, withPath(OTHER, 5, Path.UNKNOWN)));
        addOneByOne(2, 3);
        ticks(3 * Lane.REOPEN_AFTER);

        assertAsksNobody();
        assertThat(watched).isEmpty();
        assertThat(lane.unsent()).isEqualTo(3);
        assertThat(logged()).last().isEqualTo("lane " + LANE + " has no collector (was " + BEST + ")");

        lane.onCollectors(List.of(BROKEN_BEST, ready(OTHER, 5)));
        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2", "3=3");
    }

    @Test
    void shouldStayWithACollectorThatIsOnlySuspected() {
        sendingToBest(1);

        lane.onCollectors(List.of(withPath(BEST, 10, Path.LATE), ready(OTHER, 5)));
        lane.onCollectors(List.of(
                new CollectorView(BEST, 10, Membership.MEMBER, false, Path.ALIVE, Readiness.READY), ready(OTHER, 5)));
        assertAsksNobody();
        lane.onCollectors(List.of(
                new CollectorView(BEST, 10, Membership.MEMBER, false, Path.LATE, Readiness.READY), ready(OTHER, 5)));

        assertAsks(OTHER);
    }

    private enum Phase {
        NOWHERE,
        OPENING,
        OPEN,
        HANDING_OVER
    }

    /** Of every message that a lane gets, one that it may get at any time, since messages may be late. */
    private static final Map<Class<?>, LongFunction<Delivery.ToLane>> ANSWERS = Map.of(
            Delivery.LaneOpened.class,
                    session -> new Delivery.LaneOpened(
                            session, TestInbox.<Delivery.ToReceiver>create().getRef(), PLENTY),
            Delivery.LaneRefused.class, Delivery.LaneRefused::new,
            Delivery.Progress.class, session -> new Delivery.Progress(session, 1, PLENTY, at(1)),
            Delivery.Resend.class, session -> new Delivery.Resend(session, 1),
            Delivery.Draining.class, session -> new Delivery.Draining(session, 1));

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldLoseNothingWhateverAnswerComesInWhateverPhase(Phase phase) {
        assertThat(ANSWERS.keySet()).containsExactlyInAnyOrder(Delivery.ToLane.class.getPermittedSubclasses());
        for (LongFunction<Delivery.ToLane> answer : ANSWERS.values()) {
            LaneRouteTest fresh = new LaneRouteTest();
            fresh.bring(phase);
            Delivery.ToLane message = answer.apply(fresh.lane.session());

            fresh.lane.on(message);

            fresh.assertDeliversTheRestToAThird(message);
        }
    }

    private void bring(Phase phase) {
        if (phase == Phase.OPENING) {
            lane.onCollectors(List.of(ready(BEST, 10)));
            addOneByOne(0, 3);
            return;
        }
        sendingToBest(3);
        if (phase == Phase.NOWHERE) {
            lane.onCollectors(List.of(BROKEN_BEST));
        } else if (phase == Phase.HANDING_OVER) {
            lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        }
    }

    private void assertDeliversTheRestToAThird(Delivery.ToLane message) {
        var third = new CollectorId("pekko://millrace@node06:2552", 6);
        lane.onCollectors(List.of(BROKEN_BEST, ready(third, 1)));
        assertAsks(third);
        List<String> all = delivered(opened(PLENTY));
        assertThat(Stream.concat(commits.stream(), all.stream().map(LaneRouteTest::offset)))
                .as("after %s", message)
                .containsExactly(1L, 2L, 3L);
    }

    private static long offset(String delivered) {
        return Long.parseLong(delivered.substring(delivered.indexOf('=') + 1));
    }
}
