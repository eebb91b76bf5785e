package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;
import static org.millrace.delivery.Samples.offsets;

import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel;

/** What a collector does with what it finds in its hands when it wakes up. */
class ReceiverStandstillTest extends ReceiverSteps {
    private static final int CAPACITY = 4;

    private ActorRef<Receivers.Command> receivers;

    @BeforeEach
    void start() {
        channel("kafka", CAPACITY);
        receivers = receivers(PLENTY);
    }

    private void standStill() {
        nanos.addAndGet(Standstill.LIMIT.toNanos() + 1);
    }

    @Test
    void shouldPutNothingThatComesInASessionFromBeforeAndAskForANewOne() {
        Session before = open(receivers);
        before.deliver(1, batch(0, 1));
        assertThat(askedProgress(before, 1).received()).isEqualTo(1);
        standStill();

        before.deliver(2, batch(1, 2));
        before.deliver(3, batch(2, 3));

        agent.expectMessage(new Delivery.Resend(before.id(), 0));
        assertThat(offsets(take("kafka").batch())).containsExactly(1L);
        assertHoldsNoMore("kafka");
        agent.expectNoMessage(SETTLED);
    }

    @Test
    void shouldGoOnInTheNewSessionWithWhatItHadNotPut() {
        Session before = open(receivers);
        before.deliver(1, batch(0, 1));
        assertThat(askedProgress(before, 1).received()).isEqualTo(1);
        standStill();
        before.deliver(2, batch(1, 2));
        agent.expectMessage(new Delivery.Resend(before.id(), 0));

        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        session.deliver(2, batch(1, 2));
        commit("kafka", take("kafka"));
        commit("kafka", take("kafka"));

        assertThat(awaitProgress(session, 2, at(2)).committed()).isEqualTo(at(2));
        assertHoldsNoMore("kafka");
    }

    @Test
    void shouldForgetWhatWaitedForAFullChannelAndTakeItWhenItComesAgain() {
        Session before = open(receivers);
        deliverFirstAndAwaitRoom(before, batch(0, CAPACITY));
        for (long number = 2; number <= 5; number++) {
            before.deliver(number, batch(CAPACITY + number - 2, CAPACITY + number - 1));
        }
        assertThat(askedProgress(before, 5).received()).isEqualTo(5);
        standStill();

        commit("kafka", take("kafka"));
        agent.expectMessage(new Delivery.Resend(before.id(), 0));
        Channel.Taken onItsWay = take("kafka");
        assertThat(offsets(onItsWay.batch()))
                .as("had been offered to the channel")
                .containsExactly(CAPACITY + 1L);
        assertHoldsNoMore("kafka");

        Session session = open(receivers);
        session.deliver(1, batch(0, CAPACITY));
        session.deliver(2, batch(CAPACITY, CAPACITY + 3));
        commit("kafka", onItsWay);
        Channel.Taken again = store.receiveMessage();
        assertThat(offsets(again.batch())).containsExactly(CAPACITY + 2L, CAPACITY + 3L);
        commit("kafka", again);
        assertThat(awaitProgress(session, 2, at(CAPACITY + 3)).committed()).isEqualTo(at(CAPACITY + 3));
    }

    @Test
    void shouldForgetWhatWaitedWhenTheLaneGoesElsewhere() {
        Session session = open(receivers);
        deliverFirstAndAwaitRoom(session, batch(0, CAPACITY));
        session.deliver(2, batch(CAPACITY, CAPACITY + 1));
        session.deliver(3, batch(CAPACITY + 1, CAPACITY + 2));
        assertThat(askedProgress(session, 3).received()).isEqualTo(3);
        session.close();

        commit("kafka", take("kafka"));
        assertThat(offsets(take("kafka").batch())).containsExactly(CAPACITY + 1L);
        assertHoldsNoMore("kafka");
    }

    @Test
    void shouldNotTakeAnIdleHourForAStandstill() {
        Session session = open(receivers);
        for (int tick = 0; tick < 20; tick++) {
            nanos.addAndGet(Standstill.ASK_EVERY.toNanos());
            time.timePasses(Standstill.ASK_EVERY);
            assertThat(askedProgress(session, 0).received()).isZero();
        }

        session.deliver(1, batch(0, 1));

        assertThat(offsets(take("kafka").batch())).containsExactly(1L);
    }

    @Test
    void shouldStoreWhatItPromisedWhenItStandsStillWhileItDrains() {
        Session session = open(receivers);
        session.deliver(1, batch(0, CAPACITY));
        session.deliver(2, batch(CAPACITY, CAPACITY + 1));
        session.deliver(3, batch(CAPACITY + 1, CAPACITY + 2));
        receivers.tell(
                new Receivers.Drain(kit.<Receivers.Drained>createTestProbe().ref()));
        while (!(agent.receiveMessage() instanceof Delivery.Draining)) {
            // Progress before it.
        }
        standStill();

        commit("kafka", take("kafka"));
        commit("kafka", take("kafka"));
        commit("kafka", take("kafka"));

        assertThat(awaitProgress(session, 3, at(CAPACITY + 2)).committed()).isEqualTo(at(CAPACITY + 2));
    }
}
