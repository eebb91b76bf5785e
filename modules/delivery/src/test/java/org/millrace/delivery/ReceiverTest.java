package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.EVENT_BYTES;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;
import static org.millrace.delivery.Samples.offsets;

import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel;
import org.millrace.event.LaneId;
import org.millrace.event.Position;

/** One lane at a collector. */
class ReceiverTest extends ReceiverSteps {
    private static final int CAPACITY = 8;

    private ActorRef<Receivers.Command> receivers;

    @BeforeEach
    void start() {
        channel("kafka", CAPACITY);
        receivers = receivers(PLENTY);
    }

    @Test
    void shouldPutWhatComesIntoTheChannelInOrderAndReportWhenItIsCommitted() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 2));
        session.deliver(2, batch(2, 3));
        Channel.Taken first = take("kafka");
        Channel.Taken second = take("kafka");
        assertThat(offsets(first.batch())).containsExactly(1L, 2L);
        assertThat(offsets(second.batch())).containsExactly(3L);
        assertThat(askedProgress(session, 2).committed()).isEqualTo(Position.START);

        commit("kafka", second);
        assertThat(askedProgress(session, 2).committed())
                .as("cumulative: what is before it is not committed")
                .isEqualTo(Position.START);
        commit("kafka", first);

        assertThat(awaitProgress(session, 2, at(3)).committed()).isEqualTo(at(3));
    }

    @Test
    void shouldAskOnceForWhatIsMissingAndTakeNothingBehindIt() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        session.deliver(3, batch(2, 3));
        session.deliver(4, batch(3, 4));

        agent.expectMessage(new Delivery.Resend(session.id(), 2));
        assertThat(offsets(take("kafka").batch())).containsExactly(1L);
        assertHoldsNoMore("kafka");
        agent.expectNoMessage(SETTLED);

        session.deliver(2, batch(1, 2));
        session.deliver(4, batch(3, 4));
        agent.expectMessage(new Delivery.Resend(session.id(), 3));
    }

    @Test
    void shouldAskAgainWhenEnquiredSinceTheQuestionMayBeLost() {
        Session session = open(receivers);
        session.deliver(2, batch(1, 2));
        agent.expectMessage(new Delivery.Resend(session.id(), 1));

        session.enquire(2);

        agent.expectMessage(new Delivery.Resend(session.id(), 1));
        agent.expectMessage(new Delivery.Progress(session.id(), 0, session.grant(), Position.START));
    }

    @Test
    void shouldTakeANumberOnce() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        session.deliver(1, batch(0, 1));
        session.deliver(2, batch(1, 2));

        assertThat(askedProgress(session, 2).received()).isEqualTo(2);
        assertThat(offsets(take("kafka").batch())).containsExactly(1L);
        assertThat(offsets(take("kafka").batch())).containsExactly(2L);
        assertHoldsNoMore("kafka");
    }

    @Test
    void shouldNotPutAgainWhatAnEarlierSessionPutNorAPartOfIt() {
        Session before = open(receivers);
        before.deliver(1, batch(0, 2));
        before.deliver(2, batch(2, 4));
        Channel.Taken first = take("kafka");
        commit("kafka", take("kafka"));

        Session session = open(receivers);
        session.deliver(1, batch(0, 2));
        session.deliver(2, batch(2, 6));

        assertThat(askedProgress(session, 2).committed()).isEqualTo(Position.START);
        Channel.Taken rest = take("kafka");
        assertThat(offsets(rest.batch()))
                .as("of a batch that is there in part, the rest")
                .containsExactly(5L, 6L);
        assertHoldsNoMore("kafka");
        commit("kafka", first);
        assertThat(awaitProgress(session, 2, at(4)).committed()).isEqualTo(at(4));
        commit("kafka", rest);
        assertThat(awaitProgress(session, 2, at(6)).committed()).isEqualTo(at(6));
        assertThat(counter("received.events")).isEqualTo(10);
        assertThat(counter("repeated.events")).isEqualTo(4);
    }

    @Test
    void shouldTellANewSessionWhatAnEarlierOneCommittedWithoutBeingAsked() {
        Session before = open(receivers);
        before.deliver(1, batch(0, 2));
        commit("kafka", take("kafka"));
        awaitProgress(before, 1, at(2));

        Session session = open(receivers);
        session.deliver(1, batch(0, 2));

        assertThat(awaitProgress(session, 1, at(2)).committed()).isEqualTo(at(2));
    }

    @Test
    void shouldIgnoreASessionThatIsOver() {
        Session before = open(receivers);
        Session session = open(receivers);

        before.deliver(1, batch(0, 1));
        before.enquire(1);
        before.close();

        assertThat(askedProgress(session, 0).received()).isZero();
        assertHoldsNoMore("kafka");
    }

    @Test
    void shouldAnswerASecondQuestionForASessionWithTheSameSession() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        receivers.tell(new Delivery.OpenLane(new LaneId("node01", "weblogs", "c1"), 7, session.id(), agent.ref()));

        Delivery.LaneOpened again = agent.expectMessageClass(Delivery.LaneOpened.class);
        assertThat(again.receiver()).isEqualTo(session.receiver());
        session.deliver(2, batch(1, 2));
        assertThat(askedProgress(session, 2).received()).isEqualTo(2);
    }

    @Test
    void shouldRaiseTheGrantAsTheChannelAcceptsAndNotWhileItIsFull() {
        long window = 4 * EVENT_BYTES;
        ActorRef<Receivers.Command> narrow = receivers(window);
        Session session = open(narrow);
        assertThat(session.grant()).isEqualTo(window);
        for (long number = 1; number <= CAPACITY; number++) {
            session.deliver(number, batch(number - 1, number));
        }
        long accepted = CAPACITY * EVENT_BYTES + window;
        while (agent.expectMessageClass(Delivery.Progress.class).grant() < accepted) {
            // Told as it rises, at the latest when it has risen by a quarter of the window.
        }

        for (long number = CAPACITY + 1; number <= CAPACITY + 4; number++) {
            session.deliver(number, batch(number - 1, number));
        }
        assertThat(askedProgress(session, CAPACITY + 4))
                .as("received, and no more credit: the channel is full")
                .isEqualTo(new Delivery.Progress(session.id(), CAPACITY + 4, accepted, Position.START));

        for (int taken = 0; taken < CAPACITY; taken++) {
            commit("kafka", take("kafka"));
        }
        while (agent.expectMessageClass(Delivery.Progress.class).grant() < accepted + 4 * EVENT_BYTES) {
            // The channel has room again, and takes what waited.
        }
        for (long number = CAPACITY + 1; number <= CAPACITY + 4; number++) {
            assertThat(offsets(take("kafka").batch())).containsExactly(number);
        }
    }

    @Test
    void shouldGrantANewSessionNoMoreThanWhatWaitsFromTheLastLeaves() {
        long window = 4 * EVENT_BYTES;
        ActorRef<Receivers.Command> narrow = receivers(window);
        Session before = open(narrow);
        before.deliver(1, batch(0, CAPACITY));
        while (agent.expectMessageClass(Delivery.Progress.class).grant() < window + CAPACITY * EVENT_BYTES) {
            // The channel takes it, and is full.
        }
        before.deliver(2, batch(CAPACITY, CAPACITY + 3));
        assertThat(askedProgress(before, 2).received()).isEqualTo(2);

        assertThat(open(narrow).grant()).isEqualTo(window - 3 * EVENT_BYTES);
    }

    @Test
    void shouldReportCommittedOnlyWhenAllChannelsHaveIt() {
        channel("hdfs", CAPACITY);
        Session session = open(receivers(PLENTY));
        session.deliver(1, batch(0, 1));
        session.deliver(2, batch(1, 2));
        Channel.Taken firstToHdfs = take("hdfs");
        commit("kafka", take("kafka"));
        commit("kafka", take("kafka"));
        assertThat(askedProgress(session, 2).committed()).isEqualTo(Position.START);

        commit("hdfs", firstToHdfs);
        assertThat(awaitProgress(session, 2, at(1)).committed()).isEqualTo(at(1));
        commit("hdfs", take("hdfs"));
        assertThat(awaitProgress(session, 2, at(2)).committed()).isEqualTo(at(2));
    }

    @Test
    void shouldNotCompareThePositionsOfDifferentIncarnations() {
        Session old = open(receivers, "weblogs", 7);
        old.deliver(1, batch(0, 5));
        Session fresh = open(receivers, "weblogs", 8);
        fresh.deliver(1, batch(0, 2));

        assertThat(fresh.receiver()).isNotEqualTo(old.receiver());
        assertThat(offsets(take("kafka").batch())).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(offsets(take("kafka").batch())).containsExactly(1L, 2L);
    }

    @Test
    void shouldGoOnWhenItsAgentDiesAndKnowWhatItPutWhenTheNextRunComes() {
        TestProbe<Delivery.ToLane> dies = kit.createTestProbe();
        Session before = open(receivers, "weblogs", 7, dies);
        before.deliver(1, batch(0, 2));
        before.enquire(1);
        assertThat(dies.expectMessageClass(Delivery.Progress.class).received()).isEqualTo(1);
        dies.stop();

        Session session = open(receivers);
        session.deliver(1, batch(0, 3));
        commit("kafka", take("kafka"));
        assertThat(awaitProgress(session, 1, at(2)).committed()).isEqualTo(at(2));
        assertThat(offsets(take("kafka").batch())).containsExactly(3L);
    }

    private long counter(String what) {
        return (long)
                telemetry.registry().get("millrace.receiver." + what).counter().count();
    }
}
