package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.millrace.channel.Batches.batch;
import static org.millrace.channel.Batches.last;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Full;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.RoomAgain;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.flow.Selection;

/** A fan-out into two channels whose part the test plays. Batch n gets ticket n. */
class FanOutTest {
    private static final Position START = new Position(1, 0);
    private static final List<String> BOTH = List.of("kafka", "hdfs");

    private final TestInbox<Channel.Command> kafka = TestInbox.create("kafka");
    private final TestInbox<Channel.Command> hdfs = TestInbox.create("hdfs");
    private final FanOut fanOut = new FanOut(
            Map.of("kafka", kafka.getRef(), "hdfs", hdfs.getRef()),
            START,
            TestInbox.<PutReply>create("lane").getRef());

    @Test
    void shouldStartIdleWhereTheLaneStarts() {
        assertThat(fanOut.isIdle()).isTrue();
        assertThat(fanOut.committed()).isEqualTo(START);
        assertThat(fanOut.waitingBytes()).isZero();
    }

    @Test
    void shouldPutOneBatchAfterTheOtherIntoEachChannel() {
        offer(batch(1), BOTH);
        offer(batch(2), BOTH);
        assertThat(puts(kafka)).containsExactly(1);
        assertThat(puts(hdfs)).containsExactly(1);
        fanOut.on(new Accepted("kafka", 1));
        assertThat(puts(kafka)).containsExactly(2);
        assertThat(puts(hdfs)).isEmpty();
        fanOut.on(new Accepted("hdfs", 1));
        assertThat(puts(hdfs)).containsExactly(2);
    }

    @Test
    void shouldPutABatchOnlyIntoTheChannelsNamed() {
        offer(batch(1), List.of("kafka"));
        offer(batch(2), List.of("hdfs"));
        assertThat(puts(kafka)).containsExactly(1);
        assertThat(puts(hdfs)).containsExactly(2);
    }

    @Test
    void shouldGoOnWithOneChannelWhileTheOtherIsFull() {
        for (int number = 1; number <= 3; number++) {
            offer(batch(number), BOTH);
        }
        fanOut.on(new Full("hdfs", 1));
        for (int number = 1; number <= 3; number++) {
            assertThat(puts(kafka)).containsExactly(number);
            fanOut.on(new Accepted("kafka", number));
            fanOut.on(new Committed("kafka", number));
        }
        assertThat(puts(hdfs)).containsExactly(1);
        assertThat(fanOut.committed()).isEqualTo(START);

        fanOut.on(new RoomAgain("hdfs"));
        for (int number = 1; number <= 3; number++) {
            assertThat(puts(hdfs)).containsExactly(number);
            fanOut.on(new Accepted("hdfs", number));
            fanOut.on(new Committed("hdfs", number));
            assertThat(fanOut.committed()).isEqualTo(last(number));
        }
        assertThat(puts(kafka)).isEmpty();
        assertThat(fanOut.isIdle()).isTrue();
    }

    @Test
    void shouldPutARefusedBatchAgainForEachRoomAgainAndNothingBeforeIt() {
        offer(batch(1), List.of("kafka"));
        assertThat(puts(kafka)).containsExactly(1);
        for (int round = 0; round < 3; round++) {
            fanOut.on(new Full("kafka", 1));
            offer(batch(round + 2), List.of("kafka"));
            assertThat(puts(kafka)).isEmpty();
            fanOut.on(new RoomAgain("kafka"));
            assertThat(puts(kafka)).containsExactly(1);
        }
        fanOut.on(new Accepted("kafka", 1));
        assertThat(puts(kafka)).containsExactly(2);
    }

    @Test
    void shouldNotPutTwiceWhatIsUnderWayWhenThereIsRoomThatItDidNotWaitFor() {
        fanOut.on(new RoomAgain("kafka"));
        offer(batch(1), List.of("kafka"));
        assertThat(puts(kafka)).containsExactly(1);
        fanOut.on(new RoomAgain("kafka"));
        assertThat(puts(kafka)).isEmpty();
    }

    @Test
    void shouldPutOnceIntoAChannelThatIsNamedTwice() {
        offer(batch(1), List.of("kafka", "kafka"));
        assertThat(puts(kafka)).containsExactly(1);
        fanOut.on(new Accepted("kafka", 1));
        assertThat(puts(kafka)).isEmpty();
        fanOut.on(new Committed("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(last(1));
    }

    @Test
    void shouldCommitInOrderWhateverTheOrderOfTheCommits() {
        accept(1, 2, 3, 4);
        fanOut.on(new Committed("kafka", 3));
        fanOut.on(new Committed("kafka", 2));
        assertThat(fanOut.committed()).isEqualTo(START);
        fanOut.on(new Committed("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(last(3));
        assertThat(fanOut.isIdle()).isFalse();
        fanOut.on(new Committed("kafka", 4));
        assertThat(fanOut.committed()).isEqualTo(last(4));
        assertThat(fanOut.isIdle()).isTrue();
    }

    @Test
    void shouldCommitAFilteredBatchWithTheOneBeforeIt() {
        offer(batch(1), List.of());
        assertThat(fanOut.committed()).isEqualTo(last(1));
        assertThat(fanOut.isIdle()).isTrue();

        accept(2, 3);
        offer(batch(4), List.of());
        offer(batch(5), List.of());
        fanOut.on(new Committed("kafka", 3));
        assertThat(fanOut.committed()).isEqualTo(last(1));
        fanOut.on(new Committed("kafka", 2));
        assertThat(fanOut.committed()).isEqualTo(last(5));
        assertThat(fanOut.waitingBytes()).isZero();
    }

    @Test
    void shouldNotCommitAFilteredBatchBeforeOneThatIsStuck() {
        accept(1);
        offer(batch(2), List.of());
        accept(3);
        fanOut.on(new Committed("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(last(2));
    }

    @Test
    void shouldWeighABatchUntilTheLastOfItsChannelsAcceptedIt() {
        offer(batch("source", 1, 2), BOTH);
        offer(batch("source", 2, 3), List.of("kafka"));
        assertThat(fanOut.waitingBytes()).isEqualTo(5 * Batches.EVENT_BYTES);
        fanOut.on(new Accepted("kafka", 1));
        assertThat(fanOut.waitingBytes()).isEqualTo(5 * Batches.EVENT_BYTES);
        fanOut.on(new Full("hdfs", 1));
        assertThat(fanOut.waitingBytes()).isEqualTo(5 * Batches.EVENT_BYTES);
        fanOut.on(new Accepted("kafka", 2));
        assertThat(fanOut.waitingBytes()).isEqualTo(2 * Batches.EVENT_BYTES);
        fanOut.on(new RoomAgain("hdfs"));
        fanOut.on(new Accepted("hdfs", 1));
        assertThat(fanOut.waitingBytes()).isZero();
        assertThat(fanOut.isIdle()).isFalse();
    }

    @Test
    void shouldGiveEachChannelItsPartAndCommitTheBatchWithTheLast() {
        EventBatch batch = batch("source", 1, 3);
        EventBatch front = batch.only(BitSet.valueOf(new long[] {0b011}));
        EventBatch back = batch.only(BitSet.valueOf(new long[] {0b101}));
        fanOut.offer(batch.last(), new Selection(Map.of("kafka", front, "hdfs", back), Map.of(), 0));
        assertThat(((Put) kafka.receiveMessage()).batch()).isSameAs(front);
        assertThat(((Put) hdfs.receiveMessage()).batch()).isSameAs(back);
        assertThat(fanOut.waitingBytes()).isEqualTo(4 * Batches.EVENT_BYTES);

        fanOut.on(new Accepted("hdfs", 1));
        fanOut.on(new Committed("hdfs", 1));
        assertThat(fanOut.committed()).as("event 1 and 2 are not in kafka").isEqualTo(START);
        fanOut.on(new Accepted("kafka", 1));
        fanOut.on(new Committed("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(batch.last());
    }

    @Test
    void shouldCommitPastTheLastEventsThatWereFilteredOut() {
        EventBatch batch = batch("source", 1, 3);
        EventBatch first = batch.only(BitSet.valueOf(new long[] {1}));
        fanOut.offer(batch.last(), Batches.into(first, List.of("kafka")));
        fanOut.on(new Accepted("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(START);
        fanOut.on(new Committed("kafka", 1));
        assertThat(fanOut.committed()).isEqualTo(batch.last());
    }

    @Test
    void shouldNotWaitForAnOptionalChannel() {
        for (int number = 1; number <= 3; number++) {
            fanOut.offer(last(number), new Selection(Map.of("kafka", batch(number)), Map.of("hdfs", batch(number)), 0));
            fanOut.on(new Accepted("kafka", number));
            fanOut.on(new Committed("kafka", number));
            assertThat(fanOut.committed()).isEqualTo(last(number));
        }
        assertThat(allPuts(kafka)).containsExactly("1", "2", "3");
        assertThat(allPuts(hdfs)).containsExactly("1*", "2*", "3*");
        assertThat(fanOut.waitingBytes()).isZero();
        assertThat(fanOut.isIdle()).isTrue();
    }

    @Test
    void shouldCommitAtOnceWhatIsOptionalOnly() {
        fanOut.offer(last(1), new Selection(Map.of(), Map.of("hdfs", batch(1)), 0));
        assertThat(allPuts(hdfs)).containsExactly("1*");
        assertThat(fanOut.committed()).isEqualTo(last(1));
    }

    /** The positions of a lane must rise, whether its channel is required for an event or not. */
    @Test
    void shouldKeepTheOrderOfWhatIsRequiredAndWhatIsOptionalInAChannel() {
        fanOut.offer(last(1), Batches.into(batch(1), BOTH));
        fanOut.offer(last(2), new Selection(Map.of("kafka", batch(2)), Map.of("hdfs", batch(2)), 0));
        fanOut.offer(last(3), new Selection(Map.of("kafka", batch(3)), Map.of("hdfs", batch(3)), 0));
        fanOut.offer(last(4), Batches.into(batch(4), BOTH));
        fanOut.on(new Full("hdfs", 1));
        assertThat(allPuts(hdfs)).containsExactly("1");
        fanOut.on(new RoomAgain("hdfs"));
        fanOut.on(new Accepted("hdfs", 1));
        assertThat(allPuts(hdfs)).containsExactly("1", "2*", "3*", "4");

        fanOut.on(new Accepted("hdfs", 4));
        for (int number = 1; number <= 4; number++) {
            fanOut.on(new Accepted("kafka", number));
        }
        assertThat(fanOut.waitingBytes()).isZero();
    }

    @Test
    void shouldRejectAnswersThatNoPutWaitsFor() {
        offer(batch(1), List.of("kafka"));
        offer(batch(2), List.of("kafka"));
        for (PutReply stray : List.of(
                new Accepted("kafka", 2),
                new Full("kafka", 2),
                new Committed("kafka", 1),
                new Committed("kafka", 9),
                new Accepted("hdfs", 1))) {
            assertThatIllegalArgumentException()
                    .as(stray.toString())
                    .isThrownBy(() -> fanOut.on(stray))
                    .withMessageContaining(stray.toString());
        }
        fanOut.on(new Accepted("kafka", 1));
        fanOut.on(new Committed("kafka", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> fanOut.on(new Committed("kafka", 1)));
    }

    @Test
    void shouldNameAChannelThatItDoesNotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> offer(batch(1), List.of("kafka", "s3")))
                .withMessageContaining("'s3'");
        assertThat(puts(kafka)).isEmpty();
        assertThat(fanOut.isIdle()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> fanOut.on(new RoomAgain("s3")));
    }

    private void offer(EventBatch batch, List<String> channels) {
        fanOut.offer(batch.last(), Batches.into(batch, channels));
    }

    private void accept(int... numbers) {
        for (int number : numbers) {
            offer(batch(number), List.of("kafka"));
            Put put = (Put) kafka.receiveMessage();
            fanOut.on(new Accepted("kafka", put.ticket()));
        }
    }

    private static List<Integer> puts(TestInbox<Channel.Command> channel) {
        return channel.getAllReceived().stream()
                .map(command -> Batches.numberOf(((Put) command).batch()))
                .toList();
    }

    /** As {@link #puts}, with a star behind those that nobody waits for. */
    private static List<String> allPuts(TestInbox<Channel.Command> channel) {
        return channel.getAllReceived().stream()
                .map(command -> (Channel.Data) command)
                .map(data -> Batches.numberOf(data.batch()) + (data instanceof Put ? "" : "*"))
                .toList();
    }
}
