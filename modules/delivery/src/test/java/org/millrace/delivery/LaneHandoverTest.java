package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.at;

import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/** A lane that finishes at a collector before it moves to another. */
class LaneHandoverTest extends LaneSteps {
    @Test
    void shouldFinishWhereItIsBeforeItMovesToABetterCollector() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        long before = lane.session();

        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        addOneByOne(2, 4);
        progress(2, PLENTY, at(1));
        assertThat(first.getAllReceived()).as("nothing new").isEmpty();
        assertAsksNobody();

        progress(2, PLENTY, at(2));
        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(before));
        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=3", "2=4");
        assertThat(counter("redelivered.events")).isZero();
        assertThat(logged()).contains("lane " + LANE + " finishes at " + BEST + " before it moves");
    }

    @Test
    void shouldMoveAtOnceWhenNothingIsUnderWay() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(1);
        progress(1, PLENTY, at(1));

        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        assertThat(first.getAllReceived()).hasOnlyElementsOfType(Delivery.CloseLane.class);
        assertAsks(OTHER);
    }

    @Test
    void shouldSendOnWhereItIsWhenTheBetterCollectorGoesAgain() {
        TestInbox<Delivery.ToReceiver> receiver = sendingToBest(2);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        addOneByOne(2, 3);

        lane.onCollectors(List.of(BEST_IS_WORSE));

        assertThat(delivered(receiver)).containsExactly("3=3");
        assertAsksNobody();
        // The next handover has its whole time again.
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        answeredTicks(Lane.HANDOVER_LIMIT - 1);
        assertAsksNobody();
    }

    @Test
    void shouldStayWhenTheOtherTurnsOutNotToBeReadyEither() {
        TestInbox<Delivery.ToReceiver> receiver = sendingToBest(2);
        lane.onCollectors(List.of(notReady(BEST, 10), ready(OTHER, 5)));
        addOneByOne(2, 3);
        answeredTicks(Lane.HANDOVER_LIMIT - 1);
        assertThat(receiver.getAllReceived()).as("nothing new").isEmpty();

        lane.onCollectors(List.of(notReady(BEST, 10), notReady(OTHER, 5)));

        assertThat(delivered(receiver)).containsExactly("3=3");
        answeredTicks(3 * Lane.HANDOVER_LIMIT);
        lane.onCollectors(List.of(ready(BEST, 10), notReady(OTHER, 5)));
        assertAsksNobody();
    }

    @Test
    void shouldLeaveACollectorWhoseStoresDoNotAnswerForOneWhereTheyDo() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        lane.onCollectors(List.of(notReady(BEST, 10), ready(OTHER, 5)));

        answeredTicks(Lane.HANDOVER_LIMIT);

        assertAsks(OTHER);
        assertThat(first.getAllReceived()).hasOnlyElementsOfType(Delivery.CloseLane.class);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @Test
    void shouldWaitForAHandoverNoLongerThanItsLimit() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        answeredTicks(Lane.HANDOVER_LIMIT - 1);
        assertAsksNobody();
        ticks(1);

        assertAsks(OTHER);
        assertThat(first.getAllReceived()).last().isInstanceOf(Delivery.CloseLane.class);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @Test
    void shouldEnquireDuringAHandoverToo() {
        TestInbox<Delivery.ToReceiver> receiver = sendingToBest(2);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        ticks(Lane.ASK_AFTER);

        assertThat(receiver.getAllReceived()).containsExactly(new Delivery.Enquire(lane.session(), 2));
    }

    @Test
    void shouldSendAgainToTheOldCollectorWhatItMissesDuringAHandover() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(4);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        addOneByOne(4, 5);

        lane.on(new Delivery.Resend(lane.session(), 3));
        // A question that was late: what it asks for is under way by now.
        lane.on(new Delivery.Resend(lane.session(), 3));
        assertThat(delivered(first)).containsExactly("3=3", "4=4", "3=3", "4=4");
        progress(4, PLENTY, at(2));
        assertAsksNobody();
        progress(4, PLENTY, at(4));

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=5");
    }

    /** A handover in which the old collector misses number 1, which an earlier session had put there. */
    private TestInbox<Delivery.ToReceiver> missingWhatIsCommitted() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(4);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));
        addOneByOne(4, 5);
        progress(0, PLENTY, at(2));
        lane.on(new Delivery.Resend(lane.session(), 1));
        assertAsks(BEST);
        return first;
    }

    @Test
    void shouldFinishInANewSessionWhenWhatTheOldCollectorMissesIsCommittedAndGone() {
        TestInbox<Delivery.ToReceiver> first = missingWhatIsCommitted();
        assertThat(first.getAllReceived()).hasOnlyElementsOfType(Delivery.CloseLane.class);

        assertThat(delivered(opened(PLENTY))).as("nothing new").containsExactly("1=3", "2=4");
        assertAsksNobody();
        progress(2, PLENTY, at(4));

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=5");
    }

    @Test
    void shouldWaitNoLongerForTheNewSessionOfAHandoverThanForAHandover() {
        missingWhatIsCommitted();

        ticks(Lane.HANDOVER_LIMIT - 1);
        assertThat(door(OTHER).getAllReceived()).isEmpty();
        ticks(1);

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=3", "2=4", "3=5");
    }

    @Test
    void shouldSendOnInTheNewSessionWhenTheHandoverIsOff() {
        missingWhatIsCommitted();

        lane.onCollectors(List.of(ready(BEST, 10), ready(OTHER, 5)));

        assertThat(delivered(opened(PLENTY))).containsExactly("1=3", "2=4", "3=5");
    }

    @Test
    void shouldTurnElsewhereWhenTheNewSessionOfAHandoverIsRefused() {
        missingWhatIsCommitted();

        lane.on(new Delivery.LaneRefused(lane.session()));

        assertAsks(OTHER);
    }

    @Test
    void shouldBreakOffAHandoverWhenTheOldCollectorEndsTheSession() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(2);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        long ended = lane.session();
        lane.on(new Delivery.Resend(ended, 0));

        assertAsks(OTHER);
        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(ended));
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @Test
    void shouldSendNothingAgainToAnOldCollectorThatDrains() {
        TestInbox<Delivery.ToReceiver> first = sendingToBest(4);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        lane.on(new Delivery.Draining(lane.session(), 2));
        assertThat(first.getAllReceived()).isEmpty();
        progress(2, PLENTY, at(2));

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=3", "2=4");
    }

    @Test
    void shouldBreakOffAHandoverWhenTheOldCollectorDies() {
        sendingToBest(2);
        lane.onCollectors(List.of(BEST_IS_WORSE, ready(OTHER, 5)));

        lane.onCollectors(List.of(BROKEN_BEST, ready(OTHER, 5)));

        assertAsks(OTHER);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }
}
