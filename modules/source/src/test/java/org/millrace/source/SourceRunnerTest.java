package org.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Inlet;
import org.millrace.event.EventBatch;
import org.millrace.flow.Interceptor;
import org.millrace.flow.Selector;
import org.millrace.flow.Tally;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.source.spool.SpoolDirectorySettings;
import org.millrace.source.spool.SpoolDirectorySource;
import org.millrace.telemetry.Telemetry;

/** A spool directory that feeds a channel; the test is what takes from it. */
class SourceRunnerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path home;

    private final Telemetry telemetry = Telemetry.inMemory();
    private ActorTestKit kit;
    private Path spool;
    private TestProbe<SourceRunner.SourceFailed> owner;
    private TestProbe<Channel.Taken> taker;
    private TestProbe<SourceRunner.Stopped> stopper;

    @BeforeEach
    void start() throws IOException {
        kit = ActorTestKit.create(ConfigFactory.load());
        spool = Files.createDirectory(home.resolve("spool"));
        owner = kit.createTestProbe();
        taker = kit.createTestProbe();
        stopper = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldCompleteAFileWhenItsChannelHasCommittedIt() throws IOException {
        drop("a", "1\n22\n");
        ActorRef<Channel.Command> channel = channel(1000);
        run(channel, SourceRunnerTest::unchanged);

        Channel.Taken taken = take(channel);
        assertThat(taken.batch().size()).isEqualTo(2);
        assertThat(count("events")).isEqualTo(2);
        assertThat(count("committed.events")).isZero();
        channel.tell(new Channel.Commit(taken.transaction()));

        awaitCompleted("a");
        assertThat(count("committed.events")).isEqualTo(2);
        assertThat(count("committed.bytes")).isEqualTo(taken.batch().bytes());
    }

    @Test
    void shouldCompleteAFileOfWhichEverythingIsFilteredOut() throws IOException {
        drop("a", "1\n2\n");
        run(channel(1000), (batch, tally) -> Optional.empty());
        awaitCompleted("a");
        assertThat(count("committed.events")).isEqualTo(2);
    }

    @Test
    void shouldReadNotFarAheadOfAFullChannelAndLoseNothing() throws IOException {
        String line = "x".repeat(99) + "\n";
        int lines = 20_000;
        drop("a", line.repeat(lines));
        ActorRef<Channel.Command> channel = channel(1000);
        run(channel, SourceRunnerTest::unchanged);
        await().atMost(LIMIT).until(() -> channelCount("refused.puts") > 0);
        assertThat(count("events")).isLessThan(lines / 2);

        int events = 0;
        while (events < lines) {
            Channel.Taken taken = take(channel);
            events += taken.batch().size();
            channel.tell(new Channel.Commit(taken.transaction()));
        }
        awaitCompleted("a");
        assertThat(events).isEqualTo(lines);
    }

    @Test
    void shouldStopOnceEverythingIsCommitted() throws IOException {
        drop("a", "1\n");
        ActorRef<Channel.Command> channel = channel(1000);
        ActorRef<SourceRunner.Command> runner = run(channel, SourceRunnerTest::unchanged);
        Channel.Taken taken = take(channel);

        runner.tell(new SourceRunner.Stop(LONG, stopper.ref()));
        drop("b", "2\n");
        stopper.expectNoMessage(Duration.ofMillis(1));
        channel.tell(new Channel.Commit(taken.transaction()));

        assertThat(stopper.receiveMessage(LIMIT)).isEqualTo(new SourceRunner.Stopped("s", true));
        stopper.expectTerminated(runner, LIMIT);
        assertThat(spool.resolve("a.COMPLETED")).exists();
        assertThat(spool.resolve("b")).exists();
    }

    @Test
    void shouldStopAtItsLimitAndReadAgainWhatIsNotCommitted() throws IOException {
        drop("a", "1\n");
        ActorRef<Channel.Command> channel = channel(1000);
        ActorRef<SourceRunner.Command> first = run(channel, SourceRunnerTest::unchanged);
        EventBatch uncommitted = take(channel).batch();
        first.tell(new SourceRunner.Stop(Duration.ofMillis(1), stopper.ref()));
        assertThat(stopper.receiveMessage(LIMIT)).isEqualTo(new SourceRunner.Stopped("s", false));
        stopper.expectTerminated(first, LIMIT);

        run(channel, SourceRunnerTest::unchanged);
        EventBatch again = take(channel).batch();
        assertThat(again.source()).isEqualTo(uncommitted.source());
        assertThat(again.last()).isEqualTo(uncommitted.last());
        assertThat(again.copyBody(0)).isEqualTo(uncommitted.copyBody(0));
        owner.expectNoMessage(Duration.ofMillis(1));
    }

    @Test
    void shouldTellItsOwnerWhyTheSourceRefusesToRun() throws IOException {
        Files.writeString(Files.createDirectory(home.resolve("state")).resolve("s.progress"), "nonsense");
        ActorRef<SourceRunner.Command> runner = run(channel(1000), SourceRunnerTest::unchanged);

        SourceRunner.SourceFailed failed = owner.receiveMessage(LIMIT);
        assertThat(failed.source()).isEqualTo("s");
        assertThat(failed.cause()).isInstanceOf(SourceRefusedException.class).hasMessageContaining("s.progress");
        owner.expectTerminated(runner, LIMIT);
    }

    private ActorRef<Channel.Command> channel(int capacityEvents) {
        ChannelSettings settings = new ChannelSettings("c", capacityEvents, 1 << 20);
        return kit.spawn(Channel.create(settings, telemetry), Channel.props());
    }

    private ActorRef<SourceRunner.Command> run(ActorRef<Channel.Command> channel, Interceptor interceptor) {
        Config config = ConfigFactory.parseString("""
                s { type = spool-directory, directory = "%s", poll-interval = 10 ms, progress-interval = 10 ms }
                """.formatted(spool));
        ConfigProblems problems = new ConfigProblems();
        SpoolDirectorySettings settings = SpoolDirectorySettings.from(
                ConfigSection.of(config, "s", problems), ConfigFactory.defaultReference(), home.resolve("state"));
        problems.throwIfAny();
        Inlet inlet = new Inlet(
                interceptor, Selector.replicating(List.of("c")), Map.of("c", channel), telemetry.part("flow", "s"));
        return kit.spawn(
                SourceRunner.create(SpoolDirectorySource.of(settings, telemetry), inlet, telemetry, owner.ref()));
    }

    private static Optional<EventBatch> unchanged(EventBatch batch, Tally tally) {
        return Optional.of(batch);
    }

    private Channel.Taken take(ActorRef<Channel.Command> channel) {
        channel.tell(new Channel.Take(1, taker.ref()));
        return taker.receiveMessage(LIMIT);
    }

    /** A file that has been at rest for a minute. */
    private void drop(String name, String content) throws IOException {
        Path file = Files.writeString(home.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
        Files.move(file, spool.resolve(name));
    }

    private void awaitCompleted(String name) {
        await().atMost(LIMIT).until(() -> Files.exists(spool.resolve(name + ".COMPLETED")));
    }

    private long count(String what) {
        return (long) telemetry.part("source", "s").counter(what).count();
    }

    private long channelCount(String what) {
        return (long) telemetry.part("channel", "c").counter(what).count();
    }
}
