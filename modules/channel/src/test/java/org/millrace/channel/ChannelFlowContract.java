package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.channel.Batches.batch;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Full;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutIfRoom;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Rollback;
import org.millrace.channel.Channel.RoomAgain;
import org.millrace.channel.Channel.Taken;

/** The part of the {@link ChannelContract} that is about limits: what a putter meets when a channel is full. */
abstract class ChannelFlowContract extends ChannelSteps {
    @Test
    void shouldRefuseWhatExceedsTheLimitInEvents() {
        ActorRef<Channel.Command> channel = channel(3);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        channel.tell(new Put(2, batch("source", 2, 3), putter.ref()));
        putter.expectMessage(new Full(NAME, 2));

        assertThat(gauge("held.events")).isEqualTo(1);
        assertThat(counter("refused.puts")).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatExceedsTheLimitInBytes() {
        ActorRef<Channel.Command> channel =
                spawn(kit, new ChannelSettings(NAME, 1000, 3 * Batches.EVENT_BYTES - 1), telemetry);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putAccepted(channel, putter, 2);
        channel.tell(new Put(3, batch(3), putter.ref()));
        putter.expectMessage(new Full(NAME, 3));

        assertThat(gauge("held.bytes")).isEqualTo(2 * Batches.EVENT_BYTES);
    }

    @Test
    void shouldKeepWhatNobodyWaitsForWhereThereIsRoom() {
        ActorRef<Channel.Command> channel = channel(2);
        channel.tell(new PutIfRoom(batch(1)));
        Taken first = take(channel, 1).get(0);
        assertThat(number(first)).isEqualTo(1);
        channel.tell(new Rollback(first.transaction()));
        Taken again = take(channel, 1).get(0);
        assertThat(number(again)).isEqualTo(1);
        channel.tell(new Commit(again.transaction()));

        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 2);
        assertThat(number(take(channel, 1).get(0))).isEqualTo(2);
        assertThat(gauge("held.events")).isEqualTo(1);
        assertThat(counter("missed.events")).isZero();
    }

    @Test
    void shouldLeaveOutAndCountWhatNobodyWaitsForWhenItIsFull() {
        ActorRef<Channel.Command> channel = channel(3);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        channel.tell(new PutIfRoom(batch("source", 2, 3)));
        putAccepted(channel, putter, 3);

        assertThat(take(channel, 2)).extracting(ChannelSteps::number).containsExactly(1, 3);
        assertThat(counter("missed.events")).isEqualTo(3);
        assertThat(counter("refused.puts")).isZero();
    }

    @Test
    void shouldNotGiveRoomToWhoDoesNotWaitWhileSomebodyDoes() {
        ActorRef<Channel.Command> channel = channel(2);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        channel.tell(new Put(2, batch("source", 2, 2), putter.ref()));
        putter.expectMessage(new Full(NAME, 2));
        channel.tell(new PutIfRoom(batch(3)));
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        assertThat(putter.receiveSeveralMessages(2))
                .containsExactlyInAnyOrder(new Committed(NAME, 1), new RoomAgain(NAME));
        channel.tell(new PutIfRoom(batch(4)));
        channel.tell(new Put(2, batch("source", 2, 2), putter.ref()));
        putter.expectMessage(new Accepted(NAME, 2));

        assertThat(number(take(channel, 1).get(0))).isEqualTo(2);
        assertThat(counter("missed.events")).isEqualTo(2);
    }

    @Test
    void shouldNotKeepWhatItRefused() {
        ActorRef<Channel.Command> channel = channel(1);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putRefused(channel, putter, 2);
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        assertThat(putter.receiveSeveralMessages(2))
                .containsExactlyInAnyOrder(new Committed(NAME, 1), new RoomAgain(NAME));
        putAccepted(channel, putter, 3);

        assertThat(take(channel, 1)).extracting(ChannelSteps::number).containsExactly(3);
    }

    @Test
    void shouldCountWhatWasTakenUntilItIsCommitted() {
        ActorRef<Channel.Command> channel = channel(2);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putAccepted(channel, putter, 2);
        List<Taken> taken = take(channel, 2);
        putRefused(channel, putter, 3);

        taken.forEach(transaction -> channel.tell(new Commit(transaction.transaction())));
        assertThat(putter.receiveSeveralMessages(3))
                .containsExactlyInAnyOrder(new Committed(NAME, 1), new Committed(NAME, 2), new RoomAgain(NAME));
        putAccepted(channel, putter, 3);
    }

    @Test
    void shouldSayRoomAgainOnceToEachThatWasRefusedAndToNobodyElse() {
        ActorRef<Channel.Command> channel = channel(4);
        TestProbe<PutReply> accepted = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, accepted, number);
        }
        TestProbe<PutReply> refused = kit.createTestProbe();
        putRefused(channel, refused, 5);
        for (Taken taken : take(channel, 4)) {
            channel.tell(new Commit(taken.transaction()));
            accepted.expectMessageClass(Committed.class);
        }

        refused.expectMessage(new RoomAgain(NAME));
        refused.expectNoMessage(SETTLED);
        accepted.expectNoMessage(SETTLED);
    }

    @Test
    void shouldLetInWhoWasRefusedBeforeWhoComesLater() {
        ActorRef<Channel.Command> channel = channel(4);
        TestProbe<PutReply> early = kit.createTestProbe();
        TestProbe<PutReply> late = kit.createTestProbe();
        channel.tell(new Put(1, batch("source", 1, 4), late.ref()));
        late.expectMessage(new Accepted(NAME, 1));
        channel.tell(new Put(2, batch("source", 2, 4), early.ref()));
        early.expectMessage(new Full(NAME, 2));
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        late.expectMessage(new Committed(NAME, 1));
        early.expectMessage(new RoomAgain(NAME));

        putRefused(channel, late, 3);
        channel.tell(new Put(2, batch("source", 2, 4), early.ref()));
        early.expectMessage(new Accepted(NAME, 2));
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        late.expectMessage(new RoomAgain(NAME));
    }

    @Test
    void shouldLetALargeBatchInThoughSmallOnesKeepComing() {
        ActorRef<Channel.Command> channel = channel(4);
        TestProbe<PutReply> small = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, small, number);
        }
        TestProbe<PutReply> large = kit.createTestProbe();
        channel.tell(new Put(99, batch("source", 99, 4), large.ref()));
        large.expectMessage(new Full(NAME, 99));
        for (int number = 5; number <= 8; number++) {
            channel.tell(new Commit(take(channel, 1).get(0).transaction()));
            small.expectMessage(new Committed(NAME, number - 4));
            putRefused(channel, small, number);
        }

        large.expectMessage(new RoomAgain(NAME));
        channel.tell(new Put(99, batch("source", 99, 4), large.ref()));
        large.expectMessage(new Accepted(NAME, 99));
    }

    @Test
    void shouldAcceptABatchLargerThanTheChannelOnlyWhenItIsEmpty() {
        ActorRef<Channel.Command> channel = channel(3);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        channel.tell(new Put(2, batch("source", 2, 5), putter.ref()));
        putter.expectMessage(new Full(NAME, 2));
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        assertThat(putter.receiveSeveralMessages(2))
                .containsExactlyInAnyOrder(new Committed(NAME, 1), new RoomAgain(NAME));
        channel.tell(new Put(2, batch("source", 2, 5), putter.ref()));
        putter.expectMessage(new Accepted(NAME, 2));
        putRefused(channel, putter, 3);
    }

    @Test
    void shouldMakeNoDeadLetterAndBlockNoThreadWhenFull() throws InterruptedException {
        TestProbe<DeadLetter> deadLetters = kit.createTestProbe();
        Adapter.toClassic(kit.system()).eventStream().subscribe(Adapter.toClassic(deadLetters.ref()), DeadLetter.class);
        ActorRef<Channel.Command> channel = channel(2);
        List<TestProbe<PutReply>> putters = new ArrayList<>();
        for (int number = 1; number <= 20; number++) {
            putters.add(kit.createTestProbe());
        }
        Thread sender = new Thread(() -> {
            for (int index = 0; index < putters.size(); index++) {
                channel.tell(new Put(index, batch(index), putters.get(index).ref()));
            }
        });
        sender.start();
        sender.join(Duration.ofSeconds(10).toMillis());
        assertThat(sender.isAlive()).isFalse();
        putters.subList(0, 2).forEach(putter -> putter.expectMessageClass(Accepted.class));
        putters.subList(2, 20).forEach(putter -> putter.expectMessageClass(Full.class));

        kit.system().deadLetters().tell("the first and only one");
        assertThat(deadLetters.receiveMessage().message()).isEqualTo("the first and only one");
    }

    @Test
    void shouldMakeProgressWhenAllShareOneThread() {
        ActorTestKit oneThread =
                ActorTestKit.create(ConfigFactory.parseString("""
                pekko.actor.default-dispatcher {
                  executor = thread-pool-executor
                  thread-pool-executor.fixed-pool-size = 1
                  throughput = 1
                }
                """).withFallback(ConfigFactory.load()));
        try {
            ActorRef<Channel.Command> channel = spawn(oneThread, new ChannelSettings(NAME, 2, MANY_BYTES), telemetry);
            ChannelTraffic traffic = new ChannelTraffic(oneThread, channel, telemetry, NAME);
            traffic.startPutters(4, 50, 2);
            traffic.startSteadyTaker();
            traffic.awaitPutters();
            assertThat(counter("refused.puts")).isPositive();
        } finally {
            oneThread.shutdownTestKit();
        }
    }
}
