package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.DeadLetterFile;
import org.millrace.sink.DeadLetterSettings;
import org.millrace.sink.SinkRunner;
import org.millrace.telemetry.Telemetry;

/** A channel, a sink and a Kafka store, as a collector puts them together. */
final class SinkUnderTest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ActorTestKit kit = ActorTestKit.create();
    private final Telemetry telemetry = Telemetry.inMemory();
    private final DeadLetterFile letters;
    private final TestProbe<Channel.PutReply> putter = kit.createTestProbe();
    private final ActorRef<Channel.Command> channel;
    private final KafkaSettings settings;
    private final KafkaStore store;
    private ActorRef<SinkRunner.Command> sink;
    private final AtomicLong put = new AtomicLong();

    private SinkUnderTest(KafkaSettings settings, Path directory) {
        letters = DeadLetterFile.create("k1", new DeadLetterSettings(directory, 1 << 24), telemetry);
        channel = kit.spawn(
                Channel.create(new ChannelSettings("c1", Integer.MAX_VALUE, Long.MAX_VALUE), telemetry),
                "c1",
                Channel.props());
        this.settings = settings;
        store = KafkaStore.create(settings, letters, telemetry, kit.system());
        restart();
    }

    /** @param keys of the sink's section, beside type, channel and bootstrap-servers */
    static SinkUnderTest start(String bootstrapServers, Path directory, String keys) {
        return new SinkUnderTest(settings(bootstrapServers, keys), directory);
    }

    static KafkaSettings settings(String bootstrapServers, String keys) {
        Config root = ConfigFactory.parseString("sinks.k1 { type = kafka, channel = c1, retry-longest = 500 ms,"
                + " bootstrap-servers = \"" + bootstrapServers + "\", " + keys + "}");
        ConfigProblems problems = new ConfigProblems();
        KafkaSettings settings =
                KafkaSettings.from(ConfigSection.of(root, "sinks.k1", problems), ConfigFactory.defaultReference());
        problems.throwIfAny();
        return settings;
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

    /** Events of batches that were committed, those kept as dead letters included. */
    long storedEvents() {
        return (long) telemetry.part("sink", "k1").counter("stored.events").count();
    }

    /** How often the stream had to start over. */
    long failures() {
        return (long) telemetry.part("sink", "k1").counter("failures").count();
    }

    /** A new sink with the same store and channel. */
    void restart() {
        sink = kit.spawn(SinkRunner.create(settings.sink(), store, channel, telemetry));
    }

    boolean meter(String entry) {
        return telemetry.lines().stream().anyMatch(line -> line.startsWith("sink k1:") && line.contains(entry));
    }

    SinkRunner.State state() {
        TestProbe<SinkRunner.State> probe = kit.createTestProbe();
        sink.tell(new SinkRunner.GetState(probe.ref()));
        return probe.receiveMessage();
    }

    SinkRunner.Stopped stop(Duration limit) {
        TestProbe<SinkRunner.Stopped> probe = kit.createTestProbe();
        sink.tell(new SinkRunner.Stop(limit, probe.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    /** Lines of the dead-letter file, none where there is no file. */
    List<String> deadLetters() {
        try {
            return Files.exists(letters.file()) ? Files.readAllLines(letters.file()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
