package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/** A collector of real channels, with a probe as its agent, and the steps that its tests are made of. */
abstract class ReceiverSteps {
    /** Enough for a message that is on its way by then already. */
    static final Duration SETTLED = Duration.ofMillis(1);

    static final long PLENTY = 1 << 20;
    static final long UID = 44;

    final ActorTestKit kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
    final ManualTime time = ManualTime.get(kit.system());
    final Telemetry telemetry = Telemetry.inMemory();
    final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
    final TestProbe<Delivery.ToLane> agent = kit.createTestProbe();
    final TestProbe<Channel.Taken> store = kit.createTestProbe();
    /** Does not pass by itself, so that a slow machine does not look like one that stood still. */
    final AtomicLong nanos = new AtomicLong();

    private long lastSession;

    @AfterEach
    final void stop() {
        kit.shutdownTestKit();
    }

    final void channel(String name, int capacityEvents) {
        channels.put(
                name,
                kit.spawn(
                        Channel.create(new ChannelSettings(name, capacityEvents, PLENTY), telemetry), Channel.props()));
    }

    /** A collector with all channels made before. */
    final ActorRef<Receivers.Command> receivers(long window) {
        return kit.spawn(
                Receivers.create(UID, Samples.inlet(channels), new DeliverySettings(window), telemetry, nanos::get));
    }

    /** An open session as its agent sees it. */
    record Session(long id, ActorRef<Delivery.ToReceiver> receiver, long grant) {
        void deliver(long number, EventBatch batch) {
            receiver.tell(new Delivery.Deliver(id, number, batch));
        }

        void enquire(long lastNumber) {
            receiver.tell(new Delivery.Enquire(id, lastNumber));
        }

        void close() {
            receiver.tell(new Delivery.CloseLane(id));
        }
    }

    final Session open(ActorRef<Receivers.Command> receivers, String source, long incarnation) {
        return open(receivers, source, incarnation, agent);
    }

    final Session open(
            ActorRef<Receivers.Command> receivers, String source, long incarnation, TestProbe<Delivery.ToLane> by) {
        long session = ++lastSession;
        receivers.tell(new Delivery.OpenLane(new LaneId("node01", source, "c1"), incarnation, session, by.ref()));
        Delivery.LaneOpened opened = by.expectMessageClass(Delivery.LaneOpened.class);
        while (opened.session() != session) {
            // What another lane is reminded of.
            opened = by.expectMessageClass(Delivery.LaneOpened.class);
        }
        return new Session(session, opened.receiver(), opened.grant());
    }

    final Session open(ActorRef<Receivers.Command> receivers) {
        return open(receivers, "weblogs", 7);
    }

    /** Waits for a progress that says at least this; a receiver may tell the same in one step or more. */
    final Delivery.Progress awaitProgress(Session session, long received, Position committed) {
        while (true) {
            Delivery.Progress progress = agent.expectMessageClass(Delivery.Progress.class);
            assertThat(progress.session()).isEqualTo(session.id());
            if (progress.received() >= received && !committed.isAfter(progress.committed())) {
                return progress;
            }
        }
    }

    /** Asks until everything that was sent before is dealt with, and says how far the lane is. */
    final Delivery.Progress askedProgress(Session session, long lastNumber) {
        session.enquire(lastNumber);
        Delivery.Progress last = agent.expectMessageClass(Delivery.Progress.class);
        assertThat(last.session()).isEqualTo(session.id());
        return last;
    }

    /** Delivers the session's first batch and waits until the channels have accepted it. */
    final void deliverFirstAndAwaitRoom(Session session, EventBatch first) {
        session.deliver(1, first);
        while (askedProgress(session, 1).grant() < session.grant() + first.bytes()) {
            // The channels' answer is on its way.
        }
    }

    final Channel.Taken take(String channel) {
        channels.get(channel).tell(new Channel.Take(1, store.ref()));
        return store.receiveMessage();
    }

    final void commit(String channel, Channel.Taken taken) {
        channels.get(channel).tell(new Channel.Commit(taken.transaction()));
    }

    final void assertHoldsNoMore(String channel) {
        channels.get(channel).tell(new Channel.Take(1, store.ref()));
        store.expectNoMessage(SETTLED);
    }
}
