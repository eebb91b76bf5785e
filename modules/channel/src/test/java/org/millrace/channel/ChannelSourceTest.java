package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.millrace.channel.Batches.batch;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Committed;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.telemetry.Telemetry;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

class ChannelSourceTest {
    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final TestProbe<PutReply> putter = kit.createTestProbe();
    /** What the stream's subscriber hears: the subscription, transactions, an error or {@code Done}. */
    private final TestProbe<Object> heard = kit.createTestProbe();

    private ActorRef<Channel.Command> channel;

    @BeforeEach
    void fillAChannel() {
        channel = kit.spawn(Channel.create(new ChannelSettings("c", 100, 1 << 20), telemetry), "c", Channel.props());
        for (int number = 1; number <= 8; number++) {
            channel.tell(new Put(number, batch(number), putter.ref()));
            putter.expectMessage(new Accepted("c", number));
        }
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldTakeAheadOfDemandAsManyAsItWasTold() {
        Subscription subscription = subscribe(3);
        await().until(() -> open() == 3);
        assertThat(nextForAnother()).isEqualTo(4);

        subscription.request(2);
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
        await().until(() -> open() == 3 + 1 + 2);
        assertThat(nextForAnother()).isEqualTo(7);
        heard.expectNoMessage(Duration.ofMillis(1));
    }

    @Test
    void shouldEmitWhatComesWhileTheStreamWaits() {
        Subscription subscription = subscribe(1);
        subscription.request(20);
        for (int number = 1; number <= 8; number++) {
            assertThat(next()).isEqualTo(number);
        }
        channel.tell(new Put(9, batch(9), putter.ref()));
        assertThat(next()).isEqualTo(9);
    }

    @Test
    void shouldLetTheStreamEndItsTransactions() {
        Subscription subscription = subscribe(1);
        subscription.request(2);
        Transaction first = nextTransaction();
        Transaction second = nextTransaction();
        await("the one ahead").until(() -> open() == 3);
        first.rollback();
        second.commit();
        putter.expectMessage(new Committed("c", 2));

        subscription.request(2);
        assertThat(next()).as("taken before the rollback").isEqualTo(3);
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void shouldRollBackWhenItIsCancelled() {
        Subscription subscription = subscribe(2);
        subscription.request(3);
        nextTransaction().commit();
        putter.expectMessage(new Committed("c", 1));
        Transaction late = nextTransaction();
        nextTransaction();
        subscription.cancel();
        await().until(() -> open() == 0);
        late.commit();

        assertThat(nextForAnother()).isEqualTo(2);
        putter.expectNoMessage(Duration.ofMillis(1));
    }

    /** Many times, since an order that is not kept shows only at times. */
    @RepeatedTest(100)
    void shouldHaveRolledBackWhenItHasEnded() {
        Pair<CompletionStage<Done>, UniqueKillSwitch> stream = ChannelSource.create(channel, 4)
                .viaMat(KillSwitches.single(), Keep.both())
                .to(Sink.foreach(transaction -> heard.ref().tell(Batches.numberOf(transaction.batch()))))
                .run(kit.system());
        heard.receiveSeveralMessages(8);
        stream.second().shutdown();
        stream.first().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();

        assertThat(nextForAnother()).isEqualTo(1);
    }

    @Test
    void shouldRollBackWhenItsStreamFails() {
        Pair<UniqueKillSwitch, CompletionStage<Done>> stream = ChannelSource.create(channel, 4)
                .viaMat(KillSwitches.single(), Keep.right())
                .toMat(
                        Sink.foreach(transaction -> heard.ref().tell(Batches.numberOf(transaction.batch()))),
                        Keep.both())
                .run(kit.system());
        heard.receiveSeveralMessages(8);
        stream.first().abort(new IllegalStateException("the store is gone"));
        await().until(() -> open() == 0);

        assertThat(nextForAnother()).isEqualTo(1);
        assertThat(stream.second().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the store is gone");
    }

    @Test
    void shouldFailWhenTheChannelStops() {
        subscribe(1).request(1);
        next();
        kit.stop(channel);

        assertThat(heard.expectMessageClass(IllegalStateException.class)).hasMessage("channel c stopped");
    }

    @Test
    void shouldFailWhenTheChannelHasStoppedBefore() {
        kit.stop(channel);
        subscribe(1);

        assertThat(heard.expectMessageClass(IllegalStateException.class)).hasMessage("channel c stopped");
    }

    @Test
    void shouldRunAsOftenAsItIsMaterialized() {
        Subscription one = subscribe(1);
        await().until(() -> open() == 1);
        Subscription other = subscribe(1);
        await().until(() -> open() == 2);
        other.request(1);
        assertThat(next()).isEqualTo(2);
        one.request(1);
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void shouldRejectToAskForNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChannelSource.create(channel, 0));
    }

    private Subscription subscribe(int ahead) {
        ChannelSource.create(channel, ahead).runWith(Sink.fromSubscriber(new Listener(heard.ref())), kit.system());
        return heard.expectMessageClass(Subscription.class);
    }

    private Transaction nextTransaction() {
        return heard.expectMessageClass(Transaction.class);
    }

    private int next() {
        return Batches.numberOf(nextTransaction().batch());
    }

    /** The number of the next batch that waits in the channel, taken by somebody else. */
    private int nextForAnother() {
        TestProbe<Taken> other = kit.createTestProbe();
        channel.tell(new Take(1, other.ref()));
        return Batches.numberOf(other.receiveMessage().batch());
    }

    private long open() {
        return (long) telemetry
                .registry()
                .get("millrace.channel.open.transactions")
                .gauge()
                .value();
    }

    /** Asks for nothing by itself. */
    private record Listener(ActorRef<Object> heard) implements Subscriber<Transaction> {
        @Override
        public void onSubscribe(Subscription subscription) {
            heard.tell(subscription);
        }

        @Override
        public void onNext(Transaction transaction) {
            heard.tell(transaction);
        }

        @Override
        public void onError(Throwable cause) {
            heard.tell(cause);
        }

        @Override
        public void onComplete() {
            heard.tell(Done.getInstance());
        }
    }
}
