package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.SinkRunner;
import org.millrace.telemetry.Telemetry;

/** A channel, a sink and collectors as its store, as an agent puts them together. */
final class SinkUnderTest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ActorTestKit kit = ActorTestKit.create();
    private final Telemetry telemetry = Telemetry.inMemory();
    private final TestProbe<Channel.PutReply> putter = kit.createTestProbe();
    private final ActorRef<Channel.Command> channel;
    private final ActorRef<SinkRunner.Command> sink;
    private final AtomicLong put = new AtomicLong();

    private SinkUnderTest(AvroSettings settings) {
        channel = kit.spawn(
                Channel.create(new ChannelSettings("c1", Integer.MAX_VALUE, Long.MAX_VALUE), telemetry),
                "c1",
                Channel.props());
        sink = kit.spawn(SinkRunner.create(
                settings.sink(), AvroStore.create(settings, telemetry, kit.system()), channel, telemetry));
    }

    /** @param keys of the sink's section, beside type and channel */
    static SinkUnderTest start(String keys) {
        return start(settings(keys));
    }

    static SinkUnderTest start(AvroSettings settings) {
        return new SinkUnderTest(settings);
    }

    static AvroSettings settings(String keys) {
        ConfigProblems problems = new ConfigProblems();
        AvroSettings settings = settings(keys, problems);
        problems.throwIfAny();
        return settings;
    }

    static AvroSettings settings(String keys, ConfigProblems problems) {
        Config root = ConfigFactory.parseString(
                "sinks.k1 { type = avro, channel = c1, retry-longest = 500 ms\n" + keys + "\n}");
        return AvroSettings.from(ConfigSection.of(root, "sinks.k1", problems), ConfigFactory.defaultReference());
    }

    /** Puts batches one after another, as a putter does; a channel that has not begun yet refuses. */
    void put(EventBatch... batches) {
        for (EventBatch batch : batches) {
            Channel.Put offer = new Channel.Put(put.addAndGet(batch.size()), batch, putter.ref());
            channel.tell(offer);
            Channel.PutReply reply = putter.receiveMessage();
            while (!(reply instanceof Channel.Accepted accepted && accepted.ticket() == offer.ticket())) {
                if (reply instanceof Channel.RoomAgain) {
                    channel.tell(offer);
                }
                reply = putter.receiveMessage();
            }
        }
    }

    /** Waits until everything that was put is committed. */
    void awaitAllCommitted() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(storedEvents()).isEqualTo(put.get()));
    }

    /** Events of batches that were committed. */
    long storedEvents() {
        return (long) telemetry.part("sink", "k1").counter("stored.events").count();
    }

    SinkRunner.State state() {
        TestProbe<SinkRunner.State> probe = kit.createTestProbe();
        sink.tell(new SinkRunner.GetState(probe.ref()));
        return probe.receiveMessage();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
