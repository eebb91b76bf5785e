package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.batch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.telemetry.Telemetry;
import org.slf4j.LoggerFactory;

/** A lane between inboxes, and the steps that its tests are made of. */
abstract class LaneSteps {
    static final long PLENTY = 1 << 20;
    static final LaneId LANE = new LaneId("node01", "weblogs", "c1");
    static final CollectorId BEST = new CollectorId("pekko://millrace@node04:2552", 4);
    static final CollectorId OTHER = joinedAfter(0);
    static final CollectorView BROKEN_BEST = withPath(BEST, 10, Path.BROKEN);
    static final CollectorView BEST_IS_WORSE = ready(BEST, 1);

    private final Map<CollectorId, TestInbox<Delivery.ToReceivers>> doors = new HashMap<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LaneSteps.class);
    final TestInbox<Delivery.ToLane> self = TestInbox.create();
    final List<Long> commits = new ArrayList<>();
    final List<ActorRef<Delivery.ToReceiver>> watched = new ArrayList<>();
    final Telemetry telemetry = Telemetry.inMemory();
    final Lane lane = new Lane(LANE, 7, new Inboxes(), self.getRef(), commits::add, telemetry, logger);

    private final class Inboxes implements Lane.Links {
        @Override
        public ActorRef<Delivery.ToReceivers> receivers(CollectorId collector) {
            return door(collector).getRef();
        }

        @Override
        public void watch(ActorRef<Delivery.ToReceiver> receiver) {
            watched.add(receiver);
        }

        @Override
        public void unwatch(ActorRef<Delivery.ToReceiver> receiver) {
            watched.remove(receiver);
        }
    }

    /** A run of a collector that this lane moves to after so many ticks, where nothing forces it. */
    static CollectorId joinedAfter(int ticks) {
        return LongStream.iterate(5, uid -> uid + 1)
                .mapToObj(uid -> new CollectorId("pekko://millrace@node05:2552", uid))
                .filter(collector -> Lane.ticksBeforeMove(LANE, collector) == ticks)
                .findFirst()
                .orElseThrow();
    }

    @BeforeEach
    final void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    final void stopListening() {
        logger.detachAppender(log);
    }

    final TestInbox<Delivery.ToReceivers> door(CollectorId collector) {
        return doors.computeIfAbsent(collector, id -> TestInbox.create());
    }

    /** The lane has just asked {@code collector} for a session, once. */
    final void assertAsks(CollectorId collector) {
        assertThat(door(collector).getAllReceived())
                .containsExactly(new Delivery.OpenLane(LANE, 7, lane.session(), self.getRef()));
    }

    final void assertAsksNobody() {
        doors.forEach((collector, door) ->
                assertThat(door.getAllReceived()).as("to %s", collector).isEmpty());
    }

    /** Answers the lane's question for a session. */
    final TestInbox<Delivery.ToReceiver> opened(long grant) {
        TestInbox<Delivery.ToReceiver> receiver = TestInbox.create();
        lane.on(new Delivery.LaneOpened(lane.session(), receiver.getRef(), grant));
        return receiver;
    }

    /** A session at {@link #BEST}, the only collector. */
    final TestInbox<Delivery.ToReceiver> openedAtBest(long grant) {
        lane.onCollectors(List.of(ready(BEST, 10)));
        assertAsks(BEST);
        return opened(grant);
    }

    /** A session at {@link #BEST}, with {@code sent} batches under way, and {@link #OTHER} there too. */
    final TestInbox<Delivery.ToReceiver> sendingToBest(long sent) {
        lane.onCollectors(List.of(ready(BEST, 10), ready(OTHER, 5)));
        assertAsks(BEST);
        TestInbox<Delivery.ToReceiver> receiver = opened(PLENTY);
        addOneByOne(0, sent);
        delivered(receiver);
        return receiver;
    }

    /** Batches of one event, from behind {@code from} up to {@code to}; each one's transaction is its offset. */
    final void addOneByOne(long from, long to) {
        for (long offset = from + 1; offset <= to; offset++) {
            lane.add(offset, batch(offset - 1, offset));
        }
    }

    final void progress(long received, long grant, Position committed) {
        lane.on(new Delivery.Progress(lane.session(), received, grant, committed));
    }

    final void ticks(int count) {
        for (int tick = 0; tick < count; tick++) {
            lane.onTick();
        }
    }

    /** Ticks during which the collector answers, but commits nothing. */
    final void answeredTicks(int count) {
        for (int tick = 0; tick < count; tick++) {
            lane.onTick();
            progress(0, PLENTY, Position.START);
        }
    }

    /** What a receiver got of the current session, such as {@code 1=1}: number and last offset. */
    final List<String> delivered(TestInbox<Delivery.ToReceiver> receiver) {
        List<String> all = new ArrayList<>();
        for (Delivery.ToReceiver message : receiver.getAllReceived()) {
            if (message instanceof Delivery.Deliver deliver) {
                assertThat(deliver.session()).isEqualTo(lane.session());
                all.add(deliver.number() + "=" + deliver.batch().last().offset());
            } else {
                all.add(message.toString());
            }
        }
        return all;
    }

    final List<String> logged() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    final long counter(String what) {
        return (long) telemetry
                .registry()
                .get("millrace.lane." + what)
                .tag("name", LANE.toString())
                .counter()
                .count();
    }

    static CollectorView ready(CollectorId id, int priority) {
        return new CollectorView(id, priority, Membership.MEMBER, true, Path.ALIVE, Readiness.READY);
    }

    static CollectorView notReady(CollectorId id, int priority) {
        return new CollectorView(id, priority, Membership.MEMBER, true, Path.ALIVE, Readiness.WAITING);
    }

    static CollectorView withPath(CollectorId id, int priority, Path path) {
        return new CollectorView(id, priority, Membership.MEMBER, true, path, Readiness.READY);
    }
}
