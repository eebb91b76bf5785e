package org.millrace.channel;

import static org.millrace.channel.Batches.batch;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.millrace.channel.Channel.Accepted;
import org.millrace.channel.Channel.Full;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.telemetry.Telemetry;

/** A channel of any kind in an actor system of its own, and the steps that its tests are made of. */
abstract class ChannelSteps {
    /** Enough for a message that is on its way by then already. */
    static final Duration SETTLED = Duration.ofMillis(1);

    static final String NAME = "sut";
    static final long MANY_BYTES = 1 << 20;

    final Telemetry telemetry = Telemetry.inMemory();
    ActorTestKit kit;

    /** An empty channel in {@code kit}, under the name in its settings. */
    protected abstract ActorRef<Channel.Command> spawn(ActorTestKit kit, ChannelSettings settings, Telemetry telemetry);

    @BeforeEach
    final void start() {
        kit = ActorTestKit.create(ConfigFactory.load());
    }

    @AfterEach
    final void stop() {
        kit.shutdownTestKit();
    }

    final ActorRef<Channel.Command> channel(int capacityEvents) {
        return spawn(kit, new ChannelSettings(NAME, capacityEvents, MANY_BYTES), telemetry);
    }

    static void putAccepted(ActorRef<Channel.Command> channel, TestProbe<PutReply> putter, int number) {
        channel.tell(new Put(number, batch(number), putter.ref()));
        putter.expectMessage(new Accepted(NAME, number));
    }

    static void putRefused(ActorRef<Channel.Command> channel, TestProbe<PutReply> putter, int number) {
        channel.tell(new Put(number, batch(number), putter.ref()));
        putter.expectMessage(new Full(NAME, number));
    }

    final List<Taken> take(ActorRef<Channel.Command> channel, int count) {
        TestProbe<Taken> taker = kit.createTestProbe();
        channel.tell(new Take(count, taker.ref()));
        return taker.receiveSeveralMessages(count);
    }

    static int number(Taken taken) {
        return Batches.numberOf(taken.batch());
    }

    final long gauge(String what) {
        return (long) telemetry
                .registry()
                .get("millrace.channel." + what)
                .tag("name", NAME)
                .gauge()
                .value();
    }

    final long counter(String what) {
        return (long) telemetry
                .registry()
                .get("millrace.channel." + what)
                .tag("name", NAME)
                .counter()
                .count();
    }
}
