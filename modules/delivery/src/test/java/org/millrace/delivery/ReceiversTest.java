package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.delivery.Samples.EVENT_BYTES;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;
import static org.millrace.delivery.Samples.offsets;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel;
import org.millrace.event.LaneId;
import org.millrace.route.CollectorView.Readiness;

/** The front door of a collector, and all its lanes. */
class ReceiversTest extends ReceiverSteps {
    private static final Duration LET_GO_AFTER = Duration.ofMinutes(10);
    private static final long WINDOW = 64 * EVENT_BYTES;

    private final TestProbe<Delivery.Greeting> greeter = kit.createTestProbe();
    private final TestProbe<Receivers.Drained> drained = kit.createTestProbe();
    private ActorRef<Receivers.Command> receivers;

    @BeforeEach
    void start() {
        channel("kafka", 100);
        receivers = receivers(WINDOW);
    }

    @Test
    void shouldTellWhoGreetsWhetherItIsReady() {
        assertGreets(Readiness.WAITING);
        receivers.tell(new Receivers.Ready(true));
        assertGreets(Readiness.READY);
        receivers.tell(new Receivers.Ready(false));
        assertGreets(Readiness.WAITING);
        receivers.tell(new Receivers.Ready(true));
        receivers.tell(new Receivers.Drain(drained.ref()));
        assertGreets(Readiness.DRAINING);
    }

    @Test
    void shouldFinishWhatItReceivedIgnoreTheRestAndSayWhenItHasDrained() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        session.deliver(2, batch(1, 2));
        assertThat(askedProgress(session, 2).received()).isEqualTo(2);

        receivers.tell(new Receivers.Drain(drained.ref()));
        agent.expectMessage(new Delivery.Draining(session.id(), 2));
        session.deliver(3, batch(2, 3));
        session.enquire(3);
        agent.expectMessage(new Delivery.Draining(session.id(), 2));
        assertThat(agent.expectMessageClass(Delivery.Progress.class).received()).isEqualTo(2);

        commit("kafka", take("kafka"));
        awaitProgress(session, 2, at(1));
        drained.expectNoMessage(SETTLED);
        commit("kafka", take("kafka"));
        awaitProgress(session, 2, at(2));
        drained.expectMessage(Receivers.Drained.INSTANCE);
        assertHoldsNoMore("kafka");
    }

    @Test
    void shouldRefuseLanesWhileItDrains() {
        receivers.tell(new Receivers.Drain(drained.ref()));
        drained.expectMessage(Receivers.Drained.INSTANCE);

        receivers.tell(new Delivery.OpenLane(new LaneId("node01", "weblogs", "c1"), 7, 12, agent.ref()));

        agent.expectMessage(new Delivery.LaneRefused(12));
    }

    @Test
    void shouldHaveDrainedWhenAllLanesHave() {
        Session one = open(receivers, "one", 1);
        Session two = open(receivers, "two", 1);
        one.deliver(1, batch(0, 1));
        Channel.Taken fromOne = take("kafka");
        two.deliver(1, batch(0, 1));
        Channel.Taken fromTwo = take("kafka");

        receivers.tell(new Receivers.Drain(drained.ref()));
        TestProbe<Receivers.Drained> another = kit.createTestProbe();
        receivers.tell(new Receivers.Drain(another.ref()));
        commit("kafka", fromTwo);
        drained.expectNoMessage(SETTLED);
        commit("kafka", fromOne);

        drained.expectMessage(Receivers.Drained.INSTANCE);
        another.expectMessage(Receivers.Drained.INSTANCE);
    }

    @Test
    void shouldShareItsWindowAmongTheLanes() {
        List<Long> grants = new ArrayList<>();
        for (int lane = 1; lane <= 5; lane++) {
            grants.add(open(receivers, "source-" + lane, 1).grant());
        }

        assertThat(grants).containsExactly(WINDOW, WINDOW / 2, WINDOW / 4, WINDOW / 4, WINDOW / 8);
    }

    @Test
    void shouldTakeTheShareOfANewLaneFromTheOthers() {
        Session one = open(receivers, "one", 1);
        open(receivers, "two", 1);

        one.deliver(1, batch(0, 64));

        assertThat(awaitGrant(one)).isEqualTo(WINDOW + WINDOW / 2);
    }

    @Test
    void shouldForgetALaneThatHasBeenIdleForTenMinutesAndGiveItsShareToTheOthers() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 1));
        commit("kafka", take("kafka"));
        awaitProgress(session, 1, at(1));
        assertThat(open(receivers, "other", 1).grant()).isEqualTo(WINDOW / 2);
        close(session);

        time.timePasses(LET_GO_AFTER);

        agent.expectTerminated(session.receiver());
        await().until(() -> open(receivers, "other", 1).grant() == WINDOW);
        assertThat(open(receivers).receiver()).isNotEqualTo(session.receiver());
    }

    @Test
    void shouldRememberALaneThatIsBackWithinTenMinutes() {
        Session session = open(receivers);
        close(session);
        time.timePasses(LET_GO_AFTER.minusMillis(1));
        assertThat(open(receivers).receiver()).isEqualTo(session.receiver());

        time.timePasses(LET_GO_AFTER.multipliedBy(2));

        assertThat(open(receivers).receiver()).isEqualTo(session.receiver());
    }

    @Test
    void shouldNotForgetALaneBeforeEverythingIsCommitted() {
        Session session = open(receivers);
        session.deliver(1, batch(0, 2));
        Channel.Taken taken = take("kafka");
        session.close();
        receivers.tell(new Receivers.LaneIdle(new Receivers.LaneKey(new LaneId("node01", "weblogs", "c1"), 7)));
        settle();
        time.timePasses(LET_GO_AFTER);

        Session again = open(receivers);
        again.deliver(1, batch(0, 3));

        assertThat(again.receiver()).isEqualTo(session.receiver());
        assertThat(offsets(take("kafka").batch())).containsExactly(3L);
        commit("kafka", taken);
        awaitProgress(again, 1, at(2));
    }

    @Test
    void shouldSayAgainThatASessionIsOpen() {
        Session session = open(receivers);

        time.timePasses(Duration.ofMinutes(1));

        agent.expectMessage(new Delivery.LaneOpened(session.id(), session.receiver(), session.grant()));
        close(session);
        time.timePasses(Duration.ofMinutes(1));
        agent.expectNoMessage(SETTLED);
    }

    @Test
    void shouldStopWithAllReceiversWhenAChannelIsGone() {
        channel("hdfs", 100);
        ActorRef<Receivers.Command> both = receivers(WINDOW);
        Session session = open(both);

        kit.stop(channels.get("hdfs"));

        agent.expectTerminated(both);
        agent.expectTerminated(session.receiver());
    }

    @Test
    void shouldStopWithAllReceiversWhenToldTo() {
        Session session = open(receivers);

        receivers.tell(Receivers.Stop.INSTANCE);

        agent.expectTerminated(receivers);
        agent.expectTerminated(session.receiver());
    }

    private void assertGreets(Readiness readiness) {
        receivers.tell(new Delivery.Greet(greeter.ref()));
        greeter.expectMessage(new Delivery.Greeting(UID, readiness));
    }

    private long awaitGrant(Session session) {
        Delivery.Progress last = agent.expectMessageClass(Delivery.Progress.class);
        while (last.grant() <= session.grant()) {
            last = agent.expectMessageClass(Delivery.Progress.class);
        }
        return last.grant();
    }

    /** Closes a session of which everything is committed, and waits until the front door knows. */
    private void close(Session session) {
        TestProbe<Receivers.ReceiverDrained> receiver = kit.createTestProbe();
        session.close();
        ActorRef<Receiver.Command> all = session.receiver().unsafeUpcast();
        all.tell(new Receiver.Drain(receiver.ref()));
        receiver.receiveMessage();
        settle();
    }

    /** What the front door was sent before has arrived. */
    private void settle() {
        assertGreets(Readiness.WAITING);
    }
}
