package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.delivery.Samples.EVENT_BYTES;
import static org.millrace.delivery.Samples.SOURCE;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;
import static org.millrace.delivery.Samples.offsets;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.SourceId;
import org.millrace.route.CollectorView;
import org.millrace.telemetry.Telemetry;

class LaneDispatcherTest {
    private static final long PLENTY = 1 << 20;
    private static final Duration TICK = LaneDispatcher.TICK;
    /** Enough for a message that is on its way by then already. */
    private static final Duration SETTLED = Duration.ofMillis(1);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(kit.system());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final TestProbe<Channel.Command> channel = kit.createTestProbe();
    private final TestProbe<CollectorDirectory.Command> directory = kit.createTestProbe();
    private final TestProbe<Delivery.ToReceivers> door = kit.createTestProbe();
    private final TestProbe<Delivery.ToReceiver> receiver = kit.createTestProbe();
    private final Host host = Host.start(kit, "node04", 4, forwardTo(door));
    private final ActorRef<LaneDispatcher.Command> dispatcher = dispatch(channel.ref());

    private ActorRef<CollectorDirectory.Collectors> subscriber;
    private ActorRef<Channel.Taken> taker;

    private static Behavior<Delivery.ToReceivers> forwardTo(TestProbe<Delivery.ToReceivers> probe) {
        return Behaviors.receiveMessage(message -> {
            probe.ref().tell(message);
            return Behaviors.same();
        });
    }

    private ActorRef<LaneDispatcher.Command> dispatch(ActorRef<Channel.Command> from) {
        return kit.spawn(LaneDispatcher.create("node01", "c1", from, directory.ref(), telemetry));
    }

    @BeforeEach
    void subscribe() {
        taker = expectTake(LaneDispatcher.AHEAD);
        subscriber =
                directory.expectMessageClass(CollectorDirectory.Watch.class).subscriber();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldDeliverOnTheRouteAndCommitInItsChannel() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(0, 1));
        taken(2, batch(1, 2));
        Delivery.OpenLane open = door.expectMessageClass(Delivery.OpenLane.class);
        assertThat(open.lane()).isEqualTo(new LaneId("node01", "weblogs", "c1"));
        assertThat(open.incarnation()).isEqualTo(SOURCE.incarnation());

        open.replyTo().tell(new Delivery.LaneOpened(open.session(), receiver.ref(), PLENTY));
        expectDeliver(open, 1, 1);
        expectDeliver(open, 2, 2);
        open.replyTo().tell(new Delivery.Progress(open.session(), 2, PLENTY, at(2)));

        assertThat(committed(2)).containsExactly(1L, 2L);
    }

    @Test
    void shouldTakeNoMoreAheadThanItCouldSend() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        for (int i = 1; i <= LaneDispatcher.AHEAD; i++) {
            taken(i, batch(i - 1, i));
        }
        time.timePasses(TICK.multipliedBy(8));
        channel.expectNoMessage(SETTLED);

        Delivery.OpenLane open = door.expectMessageClass(Delivery.OpenLane.class);
        open.replyTo().tell(new Delivery.LaneOpened(open.session(), receiver.ref(), 5 * EVENT_BYTES));

        expectTake(5);
    }

    @Test
    void shouldOpenASessionWhenCollectorsAppear() {
        taken(1, batch(0, 1));
        door.expectNoMessage(SETTLED);

        collectorsAre(LaneSteps.ready(host.id(), 10));

        door.expectMessageClass(Delivery.OpenLane.class);
    }

    @Test
    void shouldGiveEachSourceALaneOfItsOwnAndEachLaneItsOwnAnswers() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(new SourceId("one", 1), 0, 1));
        Delivery.OpenLane one = opened();
        taken(2, batch(new SourceId("two", 2), 0, 1));
        Delivery.OpenLane two = opened();
        assertThat(one.lane().source()).isEqualTo("one");
        assertThat(two.lane().source()).isEqualTo("two");
        receiver.receiveSeveralMessages(2);

        two.replyTo().tell(new Delivery.Progress(two.session(), 1, PLENTY, at(1)));
        assertThat(committed(1)).containsExactly(2L);
        one.replyTo().tell(new Delivery.Progress(one.session(), 1, PLENTY, at(1)));
        assertThat(committed(1)).containsExactly(1L);
    }

    @Test
    void shouldIgnoreWhatAnOlderSessionSays() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(0, 1));
        Delivery.OpenLane old = opened();
        expectDeliver(old, 1, 1);
        time.timePasses(TICK.multipliedBy(Lane.REOPEN_AFTER));
        Delivery.OpenLane now = opened();
        receiver.fishForMessage(
                Duration.ofSeconds(3),
                message -> message instanceof Delivery.Deliver
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());

        old.replyTo().tell(new Delivery.LaneRefused(old.session()));
        old.replyTo().tell(new Delivery.Draining(old.session(), 0));
        old.replyTo().tell(new Delivery.Resend(old.session(), 1));
        old.replyTo().tell(new Delivery.Progress(old.session(), 1, PLENTY, at(1)));
        taken(2, batch(1, 2));

        expectDeliver(now, 2, 2);
        now.replyTo().tell(new Delivery.Progress(now.session(), 2, PLENTY, at(2)));
        assertThat(committed(2)).containsExactly(1L, 2L);
        receiver.expectNoMessage(SETTLED);
    }

    @Test
    void shouldEndASessionThatItHasLeftOrNeverKnew() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(0, 1));
        Delivery.OpenLane open = opened();
        expectDeliver(open, 1, 1);

        open.replyTo().tell(new Delivery.LaneOpened(open.session() + 1, receiver.ref(), PLENTY));
        receiver.expectMessage(new Delivery.CloseLane(open.session() + 1));

        open.replyTo().tell(new Delivery.LaneOpened(open.session(), receiver.ref(), PLENTY));
        taken(2, batch(1, 2));
        expectDeliver(open, 2, 2);
    }

    @Test
    void shouldOpenANewSessionOnceItsReceiverIsGone() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(0, 1));
        Delivery.OpenLane old = opened();
        receiver.stop();
        await().until(() -> sessions() == 2);
        door.expectNoMessage(SETTLED);

        time.timePasses(TICK);

        Delivery.OpenLane now = door.expectMessageClass(Delivery.OpenLane.class);
        assertThat(now.session()).isNotEqualTo(old.session());
    }

    @Test
    void shouldEndTheLaneOfASourceThatBeganAnewWhenAllOfItIsCommitted() {
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(new SourceId("weblogs", 1), 0, 1));
        Delivery.OpenLane old = opened();
        expectDeliver(old, 1, 1);
        taken(2, batch(new SourceId("weblogs", 2), 0, 1));
        Delivery.OpenLane now = opened();
        expectDeliver(now, 1, 1);
        time.timePasses(TICK);
        receiver.expectNoMessage(SETTLED);

        old.replyTo().tell(new Delivery.Progress(old.session(), 1, PLENTY, at(1)));
        assertThat(committed(1)).containsExactly(1L);
        time.timePasses(TICK);

        receiver.expectMessage(new Delivery.CloseLane(old.session()));
    }

    @Test
    void shouldHandleEveryMessage() {
        TestProbe<Object> unhandled = kit.createTestProbe();
        Adapter.toClassic(kit.system())
                .eventStream()
                .subscribe(Adapter.toClassic(unhandled.ref()), UnhandledMessage.class);
        // All come by way of adapters, watches and a timer, and so each is provoked and none is sent.
        assertThat(LaneDispatcher.Command.class.getPermittedSubclasses())
                .extracting(Class::getSimpleName)
                .containsExactlyInAnyOrder(
                        "FromDirectory", "FromChannel", "FromCollector", "Tick", "ReceiverGone", "ChannelGone");
        collectorsAre(LaneSteps.ready(host.id(), 10));
        taken(1, batch(0, 1));
        opened();
        time.timePasses(TICK);
        receiver.stop();
        await().until(() -> sessions() == 2);
        channel.stop();
        kit.createTestProbe().expectTerminated(dispatcher);

        unhandled.ref().tell("nothing before this");
        unhandled.expectMessage("nothing before this");
    }

    @Test
    void shouldStopWithItsChannel() {
        channel.stop();

        kit.createTestProbe().expectTerminated(dispatcher);
    }

    @Test
    void shouldGiveEverythingThatIsNotCommittedBackToItsChannelWhenItStops() {
        ActorRef<Channel.Command> real = kit.spawn(
                Channel.create(new ChannelSettings("c1", 100, PLENTY), Telemetry.inMemory()), Channel.props());
        TestProbe<Channel.PutReply> putter = kit.createTestProbe();
        for (long i = 1; i <= 4; i++) {
            real.tell(new Channel.Put(i, batch(i - 1, i), putter.ref()));
            putter.expectMessage(new Channel.Accepted("c1", i));
        }
        ActorRef<LaneDispatcher.Command> first = dispatch(real);
        subscriber =
                directory.expectMessageClass(CollectorDirectory.Watch.class).subscriber();
        collectorsAre(LaneSteps.ready(host.id(), 10));
        Delivery.OpenLane open = opened();
        for (int i = 1; i <= 4; i++) {
            expectDeliver(open, i, i);
        }
        open.replyTo().tell(new Delivery.Progress(open.session(), 4, PLENTY, at(2)));
        putter.expectMessage(new Channel.Committed("c1", 1));
        putter.expectMessage(new Channel.Committed("c1", 2));

        kit.stop(first);
        TestProbe<Channel.Taken> next = kit.createTestProbe();
        real.tell(new Channel.Take(2, next.ref()));

        assertThat(offsets(next.receiveMessage().batch())).containsExactly(3L);
        assertThat(offsets(next.receiveMessage().batch())).containsExactly(4L);
    }

    private void collectorsAre(CollectorView... all) {
        subscriber.tell(new CollectorDirectory.Collectors(List.of(all)));
    }

    private void taken(long transaction, EventBatch batch) {
        taker.tell(new Channel.Taken(transaction, batch));
    }

    private ActorRef<Channel.Taken> expectTake(int count) {
        Channel.Take take = channel.expectMessageClass(Channel.Take.class);
        assertThat(take.count()).isEqualTo(count);
        return take.taker();
    }

    private Delivery.OpenLane opened() {
        Delivery.OpenLane open = door.expectMessageClass(Delivery.OpenLane.class);
        open.replyTo().tell(new Delivery.LaneOpened(open.session(), receiver.ref(), PLENTY));
        return open;
    }

    private void expectDeliver(Delivery.OpenLane lane, long number, long last) {
        Delivery.Deliver deliver = receiver.expectMessageClass(Delivery.Deliver.class);
        assertThat(deliver.session()).isEqualTo(lane.session());
        assertThat(deliver.number()).isEqualTo(number);
        assertThat(deliver.batch().last()).isEqualTo(at(last));
    }

    private long sessions() {
        return (long)
                telemetry.registry().get("millrace.lane.sessions").counter().count();
    }

    /** The transactions of the next {@code count} commits; takes come in between. */
    private List<Long> committed(int count) {
        List<Long> transactions = new ArrayList<>();
        while (transactions.size() < count) {
            if (channel.receiveMessage() instanceof Channel.Commit commit) {
                transactions.add(commit.transaction());
            }
        }
        return transactions;
    }
}
