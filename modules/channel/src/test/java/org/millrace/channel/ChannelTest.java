package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.millrace.channel.Batches.batch;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Full;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Rollback;
import org.millrace.channel.Channel.RoomAgain;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.telemetry.Telemetry;

/** The channel in memory: what every channel promises, and what comes of the mailbox being the buffer. */
class ChannelTest extends ChannelContract {
    private static final Duration TICK = Duration.ofSeconds(1);

    @Override
    protected ActorRef<Channel.Command> spawn(ActorTestKit kit, ChannelSettings settings, Telemetry telemetry) {
        return kit.spawn(Channel.create(settings, telemetry), settings.name(), Channel.props());
    }

    @Test
    void shouldTakeAndCommitPastThousandsOfBatchesThatWait() {
        ActorRef<Channel.Command> channel = channel(10_000);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 5_000; number++) {
            channel.tell(new Put(number, batch(number), putter.ref()));
            putter.expectMessageClass(Accepted.class);
        }
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(1, taker.ref()));
        channel.tell(new Commit(taker.receiveMessage().transaction()));

        putter.expectMessage(new Committed(NAME, 1));
        assertThat(gauge("depth.events")).isEqualTo(4_999);
    }

    @Test
    void shouldKeepTheOrderThroughSeveralRollbacksByDifferentTakers() {
        ActorRef<Channel.Command> channel = channel(100);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 9; number++) {
            channel.tell(new Put(number, batch(number), putter.ref()));
        }
        for (int round = 0; round < 3; round++) {
            TestProbe<Taken> ends = kit.createTestProbe();
            TestProbe<Taken> dies = kit.createTestProbe();
            channel.tell(new Take(3, dies.ref()));
            channel.tell(new Take(4, ends.ref()));
            dies.receiveSeveralMessages(3);
            List<Taken> taken = new ArrayList<>(ends.receiveSeveralMessages(4));
            dies.stop();
            await().until(() -> gauge("depth.events") == 5);
            for (int index : List.of(3, 1, 0, 2)) {
                channel.tell(new Rollback(taken.get(index).transaction()));
            }
        }
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(9, taker.ref()));

        assertThat(taker.receiveSeveralMessages(9))
                .extracting(taken -> Batches.numberOf(taken.batch()))
                .isEqualTo(IntStream.rangeClosed(1, 9).boxed().toList());
    }

    @Test
    void shouldGiveTheRoomOfAPutterThatDiedToTheNext() {
        ActorTestKit manual = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
        try {
            giveTheRoomOfAPutterThatDiedToTheNext(manual, ManualTime.get(manual.system()));
        } finally {
            manual.shutdownTestKit();
        }
    }

    private void giveTheRoomOfAPutterThatDiedToTheNext(ActorTestKit manual, ManualTime time) {
        ActorRef<Channel.Command> channel = spawn(manual, new ChannelSettings(NAME, 4, MANY_BYTES), telemetry);
        TestProbe<PutReply> owner = manual.createTestProbe();
        channel.tell(new Put(1, batch("source", 1, 4), owner.ref()));
        owner.expectMessageClass(Accepted.class);
        TestProbe<PutReply> dead = manual.createTestProbe();
        channel.tell(new Put(2, batch("source", 2, 4), dead.ref()));
        dead.expectMessageClass(Full.class);
        dead.stop();
        TestProbe<PutReply> next = manual.createTestProbe();
        channel.tell(new Put(3, batch("source", 3, 4), next.ref()));
        next.expectMessageClass(Full.class);
        commitOne(manual, channel);
        owner.expectMessageClass(Committed.class);
        next.expectNoMessage(SETTLED);

        time.timePasses(TICK);
        next.expectNoMessage(SETTLED);
        time.timePasses(TICK);
        next.expectMessage(new RoomAgain(NAME));
        channel.tell(new Put(3, batch("source", 3, 4), next.ref()));
        next.expectMessage(new Accepted(NAME, 3));
    }

    @Test
    void shouldLeaveNoDeadLetterForAPutterThatIsGone() {
        TestProbe<DeadLetter> deadLetters = kit.createTestProbe();
        Adapter.toClassic(kit.system()).eventStream().subscribe(Adapter.toClassic(deadLetters.ref()), DeadLetter.class);
        ActorRef<Channel.Command> channel = channel(4);
        TestProbe<PutReply> gone = kit.createTestProbe();
        channel.tell(new Put(1, batch(1), gone.ref()));
        gone.expectMessageClass(Accepted.class);
        gone.stop();
        TestProbe<PutReply> there = kit.createTestProbe();
        there.expectTerminated(gone.ref());
        channel.tell(new Put(2, batch(2), there.ref()));
        there.expectMessageClass(Accepted.class);
        commitOne(kit, channel);
        commitOne(kit, channel);
        there.expectMessage(new Committed(NAME, 2));

        kit.system().deadLetters().tell("the first and only one");
        assertThat(deadLetters.receiveMessage().message()).isEqualTo("the first and only one");
    }

    @Test
    void shouldSayWhyItCannotRunInAnOrdinaryMailbox() {
        ActorRef<Channel.Command> channel = LoggingTestKit.error("must be spawned with Channel.props()")
                .expect(
                        kit.system(),
                        () -> kit.spawn(Channel.create(new ChannelSettings("plain", 1, 1), telemetry), "plain"));
        kit.createTestProbe().expectTerminated(channel);
    }

    @Test
    void shouldForgetTheQueueOfAnActorThatEndedWithoutClaimingIt() {
        ActorRef<Object> other = kit.spawn(Behaviors.empty(), "no-channel", Channel.props());
        kit.stop(other);

        assertThatIllegalStateException()
                .isThrownBy(() -> ChannelQueues.get(kit.system()).claim(other));
    }

    @Test
    void shouldReadZeroOnceStoppedAndStartAgainEmptyUnderItsName() {
        ActorRef<Channel.Command> channel = channel(2);
        TestProbe<PutReply> putter = kit.createTestProbe();
        channel.tell(new Put(1, batch(1), putter.ref()));
        putter.expectMessageClass(Accepted.class);
        LoggingTestKit.info("channel " + NAME + " stops; events not committed, which their lanes send again: 1")
                .expect(kit.system(), () -> {
                    kit.stop(channel);
                    return null;
                });
        for (String what : List.of("depth.events", "held.events", "held.bytes", "open.transactions", "oldest.ms")) {
            assertThat(gauge(what)).as(what).isZero();
        }

        ActorRef<Channel.Command> second = channel(2);
        second.tell(new Put(2, batch(2), putter.ref()));
        putter.expectMessage(new Accepted(NAME, 2));
        assertThat(gauge("held.events")).isEqualTo(1);
    }

    @Test
    void shouldRejectATakeOfNothing() {
        TestProbe<Taken> taker = kit.createTestProbe();
        for (int count : List.of(0, -1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Take(count, taker.ref()))
                    .withMessageContaining("not " + count);
        }
    }

    @Test
    void shouldHoldDemandForMoreThanAnybodyCouldEverHave() {
        ActorRef<Channel.Command> channel = channel(4);
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(Integer.MAX_VALUE, taker.ref()));
        channel.tell(new Take(Integer.MAX_VALUE, taker.ref()));
        channel.tell(new Put(1, batch(1), kit.<PutReply>createTestProbe().ref()));

        assertThat(Batches.numberOf(taker.receiveMessage().batch())).isEqualTo(1);
    }

    private static void commitOne(ActorTestKit kit, ActorRef<Channel.Command> channel) {
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(1, taker.ref()));
        channel.tell(new Commit(taker.receiveMessage().transaction()));
    }
}
