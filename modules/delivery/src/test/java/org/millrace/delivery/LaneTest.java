package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.EVENT_BYTES;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;

import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.millrace.event.Position;

/** A lane and one collector. */
class LaneTest extends LaneSteps {
    @Test
    void shouldOpenASessionOnItsRouteAndWatchTheReceiver() {
        lane.onCollectors(List.of(ready(OTHER, 5), ready(BEST, 10)));

        assertAsks(BEST);
        assertAsksNobody();
        TestInbox<Delivery.ToReceiver> receiver = opened(PLENTY);
        assertThat(watched).containsExactly(receiver.getRef());
        assertThat(logged()).containsExactly("lane node01/weblogs/c1 goes to " + BEST);
        assertThat(counter("sessions")).isEqualTo(1);
    }

    @Test
    void shouldSendOnlyWithinTheGrant() {
        addOneByOne(0, 5);
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(2 * EVENT_BYTES);

        assertThat(delivered(receiver)).containsExactly("1=1", "2=2");
        progress(2, 2 * EVENT_BYTES, Position.START);
        assertThat(delivered(receiver)).as("received is not yet credit").isEmpty();
        progress(2, 4 * EVENT_BYTES, Position.START);
        assertThat(delivered(receiver)).containsExactly("3=3", "4=4");
        assertThat(lane.unsent()).isEqualTo(1);
    }

    @Test
    void shouldSendWhatComesWhileTheGrantLasts() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);

        addOneByOne(0, 2);

        assertThat(delivered(receiver)).containsExactly("1=1", "2=2");
        assertThat(counter("sent.events")).isEqualTo(2);
    }

    @Test
    void shouldCommitTransactionsInOrderAsProgressReachesThem() {
        openedAtBest(PLENTY);
        addOneByOne(0, 3);
        lane.add(9, batch(3, 6));

        progress(4, PLENTY, at(2));
        assertThat(commits).containsExactly(1L, 2L);
        progress(4, PLENTY, at(1));
        progress(4, PLENTY, at(5));
        assertThat(commits)
                .as("a batch of which only a part is committed waits")
                .containsExactly(1L, 2L, 3L);
        progress(4, PLENTY, at(6));
        assertThat(commits).containsExactly(1L, 2L, 3L, 9L);
        assertThat(lane.isDone()).isTrue();
        assertThat(counter("committed.batches")).isEqualTo(4);
    }

    @Test
    void shouldCommitAtOnceWhatComesWhenItIsCommittedAlready() {
        openedAtBest(PLENTY);
        progress(0, PLENTY, at(2));

        addOneByOne(0, 3);

        assertThat(commits).containsExactly(1L, 2L);
    }

    @Test
    void shouldSendAgainFromWhatIsMissing() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);
        addOneByOne(0, 4);
        delivered(receiver);

        lane.on(new Delivery.Resend(lane.session(), 3));

        assertThat(delivered(receiver)).containsExactly("3=3", "4=4");
        assertThat(counter("sent.events")).isEqualTo(4);
        assertThat(counter("redelivered.events")).isEqualTo(2);
    }

    @Test
    void shouldOpenANewSessionWhenWhatIsMissingThereIsCommittedAndGone() {
        TestInbox<Delivery.ToReceiver> first = openedAtBest(PLENTY);
        addOneByOne(0, 3);
        delivered(first);
        long before = lane.session();
        progress(0, PLENTY, at(2));

        lane.on(new Delivery.Resend(lane.session(), 1));

        assertThat(lane.session()).isNotEqualTo(before);
        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(before));
        assertAsks(BEST);
        assertThat(delivered(opened(PLENTY))).containsExactly("1=3");
    }

    @Test
    void shouldOpenANewSessionAtTheNextTickWhenItsReceiverIsGone() {
        TestInbox<Delivery.ToReceiver> first = openedAtBest(PLENTY);
        addOneByOne(0, 3);
        progress(3, PLENTY, at(1));
        long before = lane.session();

        lane.onReceiverGone(first.getRef());
        assertAsksNobody();
        ticks(1);

        assertThat(lane.session()).isNotEqualTo(before);
        assertAsks(BEST);
        TestInbox<Delivery.ToReceiver> second = opened(PLENTY);
        assertThat(delivered(second)).containsExactly("1=2", "2=3");
        assertThat(counter("redelivered.events")).isEqualTo(2);
    }

    @Test
    void shouldNotMindTheEndOfAReceiverThatItHasLeft() {
        TestInbox<Delivery.ToReceiver> first = openedAtBest(PLENTY);
        addOneByOne(0, 1);
        ticks(Lane.REOPEN_AFTER);
        TestInbox<Delivery.ToReceiver> second = opened(PLENTY);
        long session = lane.session();
        delivered(second);

        lane.onReceiverGone(first.getRef());
        ticks(1);

        assertThat(lane.session()).isEqualTo(session);
        addOneByOne(1, 2);
        assertThat(delivered(second)).containsExactly("2=2");
    }

    @Test
    void shouldAskAgainWhileNoAnswerComesToItsQuestionForASession() {
        lane.onCollectors(List.of(ready(BEST, 10)));
        assertAsks(BEST);

        ticks(Lane.ASK_AFTER - 1);
        assertAsksNobody();
        ticks(1);
        assertAsks(BEST);
        ticks(Lane.REOPEN_AFTER);
        assertThat(door(BEST).getAllReceived())
                .as("the same session, or an answer under way would come too late for ever")
                .hasSize(Lane.REOPEN_AFTER / Lane.ASK_AFTER)
                .containsOnly(new Delivery.OpenLane(LANE, 7, lane.session(), self.getRef()));
    }

    @Test
    void shouldEnquireAfterSilence() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(2 * EVENT_BYTES);
        addOneByOne(0, 3);
        delivered(receiver);

        ticks(Lane.ASK_AFTER - 1);
        assertThat(receiver.getAllReceived()).isEmpty();
        ticks(1);
        assertThat(receiver.getAllReceived()).containsExactly(new Delivery.Enquire(lane.session(), 2));

        progress(2, 2 * EVENT_BYTES, Position.START);
        ticks(Lane.ASK_AFTER - 1);
        assertThat(receiver.getAllReceived()).as("an answer ends the silence").isEmpty();
    }

    @Test
    void shouldEnquireWhenItWaitsForNothingButCredit() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(EVENT_BYTES);
        addOneByOne(0, 2);
        progress(1, EVENT_BYTES, at(1));
        delivered(receiver);

        ticks(Lane.ASK_AFTER);

        assertThat(receiver.getAllReceived()).containsExactly(new Delivery.Enquire(lane.session(), 1));
    }

    @Test
    void shouldReplaceASessionAfterLongerSilence() {
        TestInbox<Delivery.ToReceiver> first = openedAtBest(PLENTY);
        addOneByOne(0, 2);
        delivered(first);
        long before = lane.session();

        ticks(Lane.REOPEN_AFTER - 1);
        assertThat(lane.session()).isEqualTo(before);
        first.getAllReceived();
        ticks(1);

        assertThat(first.getAllReceived()).containsExactly(new Delivery.CloseLane(before));
        assertThat(watched).isEmpty();
        assertAsks(BEST);
        assertThat(logged()).contains("lane node01/weblogs/c1: no answer from " + BEST + ", opening a new session");
        assertThat(delivered(opened(PLENTY))).containsExactly("1=1", "2=2");
    }

    @Test
    void shouldKeepQuietWhileNothingIsAwaited() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);
        addOneByOne(0, 1);
        progress(1, PLENTY, at(1));
        delivered(receiver);

        ticks(10 * Lane.REOPEN_AFTER);

        assertThat(receiver.getAllReceived()).isEmpty();
        assertAsksNobody();
    }

    @Test
    void shouldIgnoreASecondAnswerToItsQuestionForASession() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);
        TestInbox<Delivery.ToReceiver> again = opened(PLENTY);

        addOneByOne(0, 1);

        assertThat(delivered(receiver)).containsExactly("1=1");
        assertThat(again.getAllReceived()).isEmpty();
        assertThat(watched).containsExactly(receiver.getRef());
    }

    @Test
    void shouldCloseItsSessionAtTheEnd() {
        TestInbox<Delivery.ToReceiver> receiver = openedAtBest(PLENTY);

        lane.close();

        assertThat(receiver.getAllReceived()).containsExactly(new Delivery.CloseLane(lane.session()));
        assertThat(watched).isEmpty();
    }
}
