package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.channel.Batches.batch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Rollback;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.event.EventBatch;

/**
 * What every kind of channel promises. The test of a kind extends this and says how to spawn one; it
 * may live in another module.
 */
public abstract class ChannelContract extends ChannelFlowContract {
    @Test
    void shouldHandOutWhatWasPutInTheOrderOfThePuts() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 5; number++) {
            putAccepted(channel, putter, number);
        }

        assertThat(take(channel, 5)).extracting(ChannelSteps::number).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void shouldHandOutTheEventsAsTheyWerePut() {
        ActorRef<Channel.Command> channel = channel(10);
        EventBatch put = batch("source", 7, 3);
        channel.tell(new Put(1, put, kit.<PutReply>createTestProbe().ref()));

        EventBatch taken = take(channel, 1).get(0).batch();
        assertThat(taken.source()).isEqualTo(put.source());
        assertThat(taken.first()).isEqualTo(put.first());
        assertThat(taken.last()).isEqualTo(put.last());
        assertThat(taken.size()).isEqualTo(3);
        assertThat(taken.copyBody(2)).isEqualTo(put.copyBody(2));
    }

    @Test
    void shouldServeATakeThatWasThereBeforeTheData() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(2, taker.ref()));
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        assertThat(number(taker.receiveMessage())).isEqualTo(1);
        putAccepted(channel, putter, 2);
        assertThat(number(taker.receiveMessage())).isEqualTo(2);
    }

    @Test
    void shouldHandOutNoMoreThanWasAskedFor() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, putter, number);
        }
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(2, taker.ref()));
        taker.receiveSeveralMessages(2);

        assertThat(take(channel, 1)).extracting(ChannelSteps::number).containsExactly(3);
        taker.expectNoMessage(SETTLED);
    }

    @Test
    void shouldServeTakersInTheOrderInWhichTheyAsked() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<Taken> first = kit.createTestProbe();
        TestProbe<Taken> second = kit.createTestProbe();
        channel.tell(new Take(2, first.ref()));
        channel.tell(new Take(1, second.ref()));
        channel.tell(new Take(1, first.ref()));
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, putter, number);
        }

        assertThat(first.receiveSeveralMessages(3))
                .extracting(ChannelSteps::number)
                .containsExactly(1, 2, 4);
        assertThat(number(second.receiveMessage())).isEqualTo(3);
    }

    @Test
    void shouldTellThePutterWhenItsBatchIsCommittedAndNotBefore() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> one = kit.createTestProbe();
        TestProbe<PutReply> two = kit.createTestProbe();
        channel.tell(new Put(71, batch(1), one.ref()));
        one.expectMessage(new Accepted(NAME, 71));
        channel.tell(new Put(72, batch(2), two.ref()));
        two.expectMessage(new Accepted(NAME, 72));
        List<Taken> taken = take(channel, 2);

        channel.tell(new Commit(taken.get(1).transaction()));
        two.expectMessage(new Committed(NAME, 72));
        one.expectNoMessage(SETTLED);
        channel.tell(new Commit(taken.get(0).transaction()));
        one.expectMessage(new Committed(NAME, 71));
    }

    @Test
    void shouldCommitOpenTransactionsInAnyOrder() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, putter, number);
        }
        List<Taken> taken = take(channel, 4);
        assertThat(taken).extracting(Taken::transaction).doesNotHaveDuplicates();
        for (int index : List.of(2, 0, 3, 1)) {
            channel.tell(new Commit(taken.get(index).transaction()));
            putter.expectMessage(new Committed(NAME, index + 1));
        }
    }

    @Test
    void shouldPutBackWhatIsRolledBackInItsOldOrder() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 5; number++) {
            putAccepted(channel, putter, number);
        }
        List<Taken> taken = take(channel, 5);
        for (int index : List.of(2, 0, 4, 1, 3)) {
            channel.tell(new Rollback(taken.get(index).transaction()));
        }

        assertThat(take(channel, 5)).extracting(ChannelSteps::number).containsExactly(1, 2, 3, 4, 5);
        assertThat(counter("rolledback.events")).isEqualTo(5);
        putter.expectNoMessage(SETTLED);
    }

    @Test
    void shouldHandOutWhatWasRolledBackBeforeWhatIsNew() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putAccepted(channel, putter, 2);
        Taken taken = take(channel, 1).get(0);
        putAccepted(channel, putter, 3);
        channel.tell(new Rollback(taken.transaction()));

        assertThat(take(channel, 3)).extracting(ChannelSteps::number).containsExactly(1, 2, 3);
    }

    @Test
    void shouldHandWhatIsRolledBackToATakerThatWaits() {
        ActorRef<Channel.Command> channel = channel(10);
        putAccepted(channel, kit.createTestProbe(), 1);
        Taken taken = take(channel, 1).get(0);
        TestProbe<Taken> waiting = kit.createTestProbe();
        channel.tell(new Take(1, waiting.ref()));
        channel.tell(new Rollback(taken.transaction()));

        Taken again = waiting.receiveMessage();
        assertThat(number(again)).isEqualTo(1);
        assertThat(again.transaction()).isNotEqualTo(taken.transaction());
    }

    @Test
    void shouldIgnoreTheEndOfATransactionThatHasEnded() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putAccepted(channel, putter, 2);
        List<Taken> taken = take(channel, 2);
        long committed = taken.get(0).transaction();
        long rolledBack = taken.get(1).transaction();
        channel.tell(new Commit(4711));
        channel.tell(new Rollback(4711));
        channel.tell(new Commit(committed));
        channel.tell(new Commit(committed));
        channel.tell(new Rollback(committed));
        channel.tell(new Rollback(rolledBack));
        channel.tell(new Rollback(rolledBack));
        channel.tell(new Commit(rolledBack));
        putter.expectMessage(new Committed(NAME, 1));
        putAccepted(channel, putter, 3);

        assertThat(take(channel, 2)).extracting(ChannelSteps::number).containsExactly(2, 3);
        putter.expectNoMessage(SETTLED);
        assertThat(gauge("held.events")).isEqualTo(2);
    }

    @Test
    void shouldRollBackATakerThatStops() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        for (int number = 1; number <= 4; number++) {
            putAccepted(channel, putter, number);
        }
        TestProbe<Taken> dying = kit.createTestProbe();
        channel.tell(new Take(3, dying.ref()));
        List<Taken> taken = dying.receiveSeveralMessages(3);
        channel.tell(new Commit(taken.get(1).transaction()));
        putter.expectMessage(new Committed(NAME, 2));
        dying.stop();

        await().until(() -> gauge("depth.events") == 3);
        assertThat(take(channel, 3)).extracting(ChannelSteps::number).containsExactly(1, 3, 4);
    }

    @Test
    void shouldForgetWhatATakerThatStoppedHadAskedFor() {
        ActorRef<Channel.Command> channel = channel(10);
        TestProbe<PutReply> putter = kit.createTestProbe();
        TestProbe<Taken> dying = kit.createTestProbe();
        channel.tell(new Take(5, dying.ref()));
        putAccepted(channel, putter, 1);
        dying.receiveMessage();
        dying.stop();
        await().until(() -> gauge("depth.events") == 1);
        putAccepted(channel, putter, 2);

        assertThat(take(channel, 2)).extracting(ChannelSteps::number).containsExactly(1, 2);
        assertThat(counter("rolledback.events")).isEqualTo(1);
    }

    @Test
    void shouldMeterWhatItHolds() {
        ActorRef<Channel.Command> channel = channel(3);
        TestProbe<PutReply> putter = kit.createTestProbe();
        putAccepted(channel, putter, 1);
        putAccepted(channel, putter, 2);
        putAccepted(channel, putter, 3);
        putRefused(channel, putter, 4);
        List<Taken> taken = take(channel, 2);
        assertThat(gauge("depth.events")).isEqualTo(1);
        assertThat(gauge("depth.bytes")).isEqualTo(Batches.EVENT_BYTES);
        assertThat(gauge("held.events")).isEqualTo(3);
        assertThat(gauge("held.bytes")).isEqualTo(3 * Batches.EVENT_BYTES);
        assertThat(gauge("open.transactions")).isEqualTo(2);
        await().until(() -> gauge("oldest.ms") > 0 && gauge("full.ms") > 0);

        channel.tell(new Commit(taken.get(0).transaction()));
        channel.tell(new Commit(taken.get(1).transaction()));
        channel.tell(new Commit(take(channel, 1).get(0).transaction()));
        putter.receiveSeveralMessages(4);
        for (String name :
                List.of("depth.events", "depth.bytes", "held.events", "held.bytes", "open.transactions", "oldest.ms")) {
            assertThat(gauge(name)).as(name).isZero();
        }
        assertThat(counter("accepted.events")).isEqualTo(3);
        assertThat(counter("accepted.bytes")).isEqualTo(3 * Batches.EVENT_BYTES);
        assertThat(counter("committed.events")).isEqualTo(3);
        assertThat(counter("committed.bytes")).isEqualTo(3 * Batches.EVENT_BYTES);
    }

    @Test
    void shouldKeepTheOrderOfEachPutterForATakerThatNeverRollsBack() {
        ActorRef<Channel.Command> channel = channel(16);
        ChannelTraffic traffic = new ChannelTraffic(kit, channel, telemetry, NAME);
        traffic.startPutters(4, 300, 3);
        traffic.startSteadyTaker();
        traffic.awaitPutters();

        traffic.committedByPutter()
                .forEach((putter, numbers) -> assertThat(numbers)
                        .as(putter)
                        .isEqualTo(IntStream.rangeClosed(1, 300).boxed().toList()));
    }

    @Test
    void shouldCommitEachBatchOnceWhenTakersCommitRollBackAndDieAtRandom() {
        long seed = System.nanoTime();
        ActorRef<Channel.Command> channel =
                spawn(kit, new ChannelSettings(NAME, 60, 50 * Batches.EVENT_BYTES), telemetry);
        ChannelTraffic traffic = new ChannelTraffic(kit, channel, telemetry, NAME);
        traffic.startPutters(8, 300, 6);
        traffic.startRandomTakers(3, seed);
        traffic.awaitPutters();

        assertThat(traffic.committedByPutter()).hasSize(8);
        traffic.committedByPutter().forEach((putter, numbers) -> {
            List<Integer> sorted = new ArrayList<>(numbers);
            Collections.sort(sorted);
            assertThat(sorted)
                    .as("%s, seed %d", putter, seed)
                    .isEqualTo(IntStream.rangeClosed(1, 300).boxed().toList());
        });
        assertThat(traffic.mostHeldEvents()).isBetween(1L, 60L);
        assertThat(traffic.mostHeldBytes()).isBetween(1L, 50L * Batches.EVENT_BYTES);
        assertThat(counter("rolledback.events")).isPositive();
        assertThat(counter("refused.puts")).isPositive();
        for (String name : List.of("held.events", "held.bytes", "depth.events", "depth.bytes", "open.transactions")) {
            assertThat(gauge(name)).as("%s, seed %d", name, seed).isZero();
        }
    }
}
