package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.channel.Batches.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.MessageQueue;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Offered;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutIfRoom;
import org.millrace.channel.Channel.PutReply;
import org.millrace.telemetry.Telemetry;

/** The buffer without its actor, by a clock that the test moves. */
class ChannelQueueTest {
    private static final ActorRef NOBODY = ActorRef.noSender();

    private final Telemetry telemetry = Telemetry.inMemory();
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicInteger ends = new AtomicInteger();
    private final ChannelQueue queue = new ChannelQueue(nanos::get, ends::incrementAndGet);
    private final TestInbox<PutReply> putter = TestInbox.create();

    @Test
    void shouldHandOutControlBeforeDataThatWaitsAndWasAskedFor() {
        open(10);
        put(1);
        put(2);
        queue.changeDemand(2);
        control("first");
        control("second");

        assertThat(queue.numberOfMessages()).isEqualTo(4);
        assertThat(queue.dequeue().message()).isEqualTo("first");
        assertThat(queue.dequeue().message()).isEqualTo("second");
        assertThat(ticketOf(queue.dequeue())).isEqualTo(1);
        control("third");
        assertThat(queue.dequeue().message()).isEqualTo("third");
        assertThat(ticketOf(queue.dequeue())).isEqualTo(2);
        assertThat(queue.dequeue()).isNull();
    }

    @Test
    void shouldHaveMessagesOnlyWhileDataIsAskedFor() {
        open(10);
        put(1);
        assertThat(queue.hasMessages()).isFalse();
        assertThat(queue.dequeue()).isNull();

        queue.changeDemand(2);
        assertThat(queue.hasMessages()).isTrue();
        Offered first = (Offered) queue.dequeue().message();
        assertThat(queue.hasMessages()).isFalse();
        queue.putBack(first);
        assertThat(queue.hasMessages()).isTrue();
        queue.changeDemand(-1);
        assertThat(queue.hasMessages()).isFalse();
    }

    @Test
    void shouldAnswerPutsThatCameBeforeTheCapacityWasKnown() {
        put(1);
        TestInbox<PutReply> second = TestInbox.create();
        queue.enqueue(NOBODY, Envelope.apply(new Put(2, batch(2), second.getRef()), NOBODY));
        assertThat(putter.hasMessages()).isFalse();
        assertThat(queue.hasMessages()).isFalse();

        open(1);
        putter.expectMessage(new Accepted("c", 1));
        second.expectMessage(new Channel.Full("c", 2));
    }

    /** 529 batches of 99 events weigh just less than 1 MiB. */
    @Test
    void shouldKeepOnlySoMuchThatNobodyWaitsForBeforeTheCapacityIsKnown() {
        for (int number = 1; number <= 600; number++) {
            control(new PutIfRoom(batch("source", number, 99)));
        }
        assertThat(queue.hasMessages()).isFalse();

        open(1_000_000);
        assertThat(queue.heldEvents()).isEqualTo(529 * 99);
        assertThat(queue.heldOptionalEvents()).isEqualTo(529 * 99);
        assertThat(telemetry
                        .part("channel", "c")
                        .counter("missed.events", "full")
                        .count())
                .isEqualTo(71 * 99);
    }

    @Test
    void shouldTellWhatNobodyWaitsForFromTheRest() {
        open(10);
        put(1);
        control(new PutIfRoom(batch("source", 2, 3)));
        assertThat(queue.heldEvents()).isEqualTo(4);
        assertThat(queue.heldOptionalEvents()).isEqualTo(3);
        releaseNext();
        assertThat(queue.heldOptionalEvents()).isEqualTo(3);
        releaseNext();
        assertThat(queue.heldOptionalEvents()).isZero();
    }

    @Test
    void shouldMeasureTheAgeOfTheOldestBatchThatIsNotCommitted() {
        open(10);
        assertThat(gauge("oldest.ms")).isZero();
        put(1);
        passMillis(100);
        put(2);
        passMillis(50);
        assertThat(gauge("oldest.ms")).isEqualTo(150);

        queue.changeDemand(2);
        Offered first = (Offered) queue.dequeue().message();
        Offered second = (Offered) queue.dequeue().message();
        assertThat(gauge("oldest.ms")).as("taken counts").isEqualTo(150);
        queue.putBack(first);
        assertThat(gauge("oldest.ms")).as("rolled back keeps its age").isEqualTo(150);
        queue.changeDemand(1);
        queue.release((Offered) queue.dequeue().message());
        assertThat(gauge("oldest.ms")).isEqualTo(50);
        queue.release(second);
        assertThat(gauge("oldest.ms")).isZero();
    }

    @Test
    void shouldMeasureTheTimeForWhichPuttersWaited() {
        open(1);
        put(1);
        passMillis(70);
        assertThat(gauge("full.ms")).as("at the brim, and nobody wants more").isZero();
        put(2);
        passMillis(30);
        assertThat(gauge("full.ms")).isEqualTo(30);
        releaseNext();
        passMillis(500);
        assertThat(gauge("full.ms")).isEqualTo(30);
        put(2);
        put(3);
        passMillis(4);
        assertThat(gauge("full.ms")).isEqualTo(34);
    }

    @Test
    void shouldAskForATickOnlyWhileRoomIsKept() {
        open(2);
        put(1);
        put(2);
        queue.changeDemand(2);
        assertThat(queue.release((Offered) queue.dequeue().message())).isFalse();
        put(3);
        put(4);
        assertThat(queue.release((Offered) queue.dequeue().message())).isTrue();
        assertThat(queue.tick()).isTrue();
        assertThat(queue.tick()).isFalse();
    }

    @Test
    void shouldEndLikeAnyMailboxButForItsBatches() {
        open(1);
        put(1);
        put(2);
        control("waiting");
        List<Object> deadLetters = new ArrayList<>();
        queue.cleanUp(NOBODY, into(deadLetters));
        assertThat(deadLetters).containsExactly("waiting");
        assertThat(ends).hasValue(1);
        assertThat(gauge("held.events")).isZero();
        assertThat(gauge("oldest.ms")).isZero();

        putter.getAllReceived();
        put(3);
        control("late");
        assertThat(deadLetters).hasSize(3).last().isEqualTo("late");
        assertThat(putter.hasMessages()).isFalse();
        assertThat(queue.hasMessages()).isFalse();
    }

    @Test
    void shouldLetGoOfPutsItNeverAnsweredWhenTheActorFailsToStart() {
        put(1);
        List<Object> deadLetters = new ArrayList<>();
        queue.cleanUp(NOBODY, into(deadLetters));

        assertThat(deadLetters).singleElement().isInstanceOf(Put.class);
    }

    private void open(int capacityEvents) {
        queue.open(new ChannelSettings("c", capacityEvents, 1 << 20), telemetry.part("channel", "c"));
    }

    private void put(int number) {
        queue.enqueue(NOBODY, Envelope.apply(new Put(number, batch(number), putter.getRef()), NOBODY));
    }

    private void control(Object message) {
        queue.enqueue(NOBODY, Envelope.apply(message, NOBODY));
    }

    private void releaseNext() {
        queue.changeDemand(1);
        queue.release((Offered) queue.dequeue().message());
    }

    private void passMillis(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static long ticketOf(Envelope envelope) {
        return ((Put) ((Offered) envelope.message()).data()).ticket();
    }

    private long gauge(String what) {
        return (long) telemetry
                .registry()
                .get("millrace.channel." + what)
                .tag("name", "c")
                .gauge()
                .value();
    }

    private static MessageQueue into(List<Object> messages) {
        return new MessageQueue() {
            @Override
            public void enqueue(ActorRef receiver, Envelope envelope) {
                messages.add(envelope.message());
            }

            @Override
            public Envelope dequeue() {
                return null;
            }

            @Override
            public int numberOfMessages() {
                return 0;
            }

            @Override
            public boolean hasMessages() {
                return false;
            }

            @Override
            public void cleanUp(ActorRef owner, MessageQueue deadLetters) {}
        };
    }
}
