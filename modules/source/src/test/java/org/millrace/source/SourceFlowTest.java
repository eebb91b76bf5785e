package org.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.channel.Channel;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Inlet;
import org.millrace.flow.InterceptorChain;
import org.millrace.flow.Selector;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.source.spool.SpoolDirectorySettings;
import org.millrace.source.spool.SpoolDirectorySource;
import org.millrace.telemetry.Telemetry;

/** A spool directory on disk, its interceptors and selector, and real channels of which the test is the taker. */
class SourceFlowTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NO_DEBUG = """
            channels = [a]
            interceptors = [ { type = regex-filter, regex = "^DEBUG", exclude-events = true } ]""";
    private static final String BY_LEVEL = """
            channels = [a, b]
            interceptors = [ { type = regex-extractor, regex = "^(\\\\w+)", serializers = [ { name = level } ] } ]
            selector { type = multiplexing, header = level, mapping { INFO = [a], WARN = [b] }, default = [] }""";

    @TempDir
    private Path home;

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
    private final TestProbe<SourceRunner.SourceFailed> owner = kit.createTestProbe();
    private Path spool;

    @BeforeEach
    void makeSpool() throws IOException {
        spool = Files.createDirectory(home.resolve("spool"));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** The lines of a file, and those that come out; what was filtered out must not hold the file up. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "INFO 1;DEBUG 2;INFO 3 | INFO 1;INFO 3",
                "INFO 1;DEBUG 2;DEBUG 3 | INFO 1",
                "DEBUG 1;DEBUG 2;INFO 3 | INFO 3",
                "DEBUG 1;DEBUG 2 | none",
            })
    void shouldCompleteAFileOfWhichLinesAreFilteredOut(String lines, String left) throws IOException {
        drop("a.log", lines.split(";"));
        run(NO_DEBUG);

        if (left != null) {
            Taken taken = take("a");
            assertThat(bodies(taken)).containsExactly(left.split(";"));
            assertThat(spool.resolve("a.log")).exists();
            commit("a", taken);
        }
        awaitCompleted("a.log");
    }

    /** Batches of two lines: those in the middle and at the end are filtered out as a whole. */
    @Test
    void shouldCompleteAFileWhoseLastBatchesAreFilteredOutWhole() throws IOException {
        drop("a.log", "INFO 1", "DEBUG 2", "DEBUG 3", "DEBUG 4", "INFO 5", "DEBUG 6", "DEBUG 7", "DEBUG 8");
        run(NO_DEBUG + "\nbatch-events = 2");

        Taken first = take("a");
        Taken second = take("a");
        assertThat(bodies(second)).containsExactly("INFO 5");
        commit("a", second);
        assertThat(spool.resolve("a.log")).exists();
        commit("a", first);
        awaitCompleted("a.log");
        assertThat(telemetry
                        .part("flow", "s")
                        .counter("dropped.events", "regex-filter")
                        .count())
                .isEqualTo(6);
    }

    @Test
    void shouldCompleteAFileOnlyWhenEveryLaneHasCommittedItsPart() throws IOException {
        drop("a.log", "INFO 1", "WARN 2", "TRACE 3", "INFO 4");
        run(BY_LEVEL);

        Taken info = take("a");
        Taken warn = take("b");
        assertThat(bodies(info)).containsExactly("INFO 1", "INFO 4");
        assertThat(bodies(warn)).containsExactly("WARN 2");
        assertThat(info.batch().source()).isEqualTo(warn.batch().source());
        commit("a", info);
        // Empty files are completed in their turn, so that a source that goes on is seen to do so.
        drop("b.log");
        awaitCompleted("b.log");
        assertThat(spool.resolve("a.log")).exists();
        commit("b", warn);
        awaitCompleted("a.log");
        assertThat(telemetry
                        .part("flow", "s")
                        .counter("dropped.events", "no-channel")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldSendAgainFromTheLaneThatIsBehindAfterARestart() throws IOException {
        drop("a.log", "INFO 1", "WARN 2", "INFO 3");
        ActorRef<SourceRunner.Command> first = run(BY_LEVEL);
        Taken info = take("a");
        commit("a", info);
        TestProbe<SourceRunner.Stopped> stopped = kit.createTestProbe();
        first.tell(new SourceRunner.Stop(Duration.ofMillis(1), stopped.ref()));
        assertThat(stopped.receiveMessage(LIMIT).everythingCommitted()).isFalse();

        run(BY_LEVEL);
        Taken again = take("a");
        assertThat(bodies(again)).containsExactly("INFO 1", "INFO 3");
        assertThat(again.batch().last()).isEqualTo(info.batch().last());
        assertThat(again.batch().source()).isEqualTo(info.batch().source());
        commit("a", again);
        commit("b", take("b"));
        commit("b", take("b"));
        awaitCompleted("a.log");
    }

    @Test
    void shouldNotWaitForAnOptionalChannelThatIsFull() throws IOException {
        drop("a.log", "INFO 1", "INFO 2", "INFO 3", "INFO 4");
        run("channels = [a, tiny], batch-events = 1, selector { type = replicating, optional = [tiny] }");

        for (int i = 1; i <= 4; i++) {
            commit("a", take("a"));
        }
        awaitCompleted("a.log");
        assertThat(telemetry
                        .part("channel", "tiny")
                        .counter("missed.events", "full")
                        .count())
                .isEqualTo(2);
    }

    private ActorRef<SourceRunner.Command> run(String keys) {
        Config reference = ConfigFactory.load();
        ConfigProblems problems = new ConfigProblems();
        String written =
                "x.s { directory = \"%s\", poll-interval = 20 ms, rest-time = 0, progress-interval = 10 ms\n%s }"
                        .formatted(spool, keys);
        ConfigSection section = ConfigSection.of(ConfigFactory.parseString(written), "x.s", problems);
        List<String> names = section.strings("channels");
        for (String name : names) {
            channels.computeIfAbsent(name, this::channel);
        }
        Map<String, ActorRef<Channel.Command>> into = new HashMap<>(channels);
        Inlet inlet = new Inlet(
                InterceptorChain.ofLanes(section, names, reference),
                Selector.from(section, names, reference),
                into,
                telemetry.part("flow", "s"));
        SpoolDirectorySettings settings = SpoolDirectorySettings.from(section, reference, home.resolve("state"));
        problems.throwIfAny();
        return kit.spawn(
                SourceRunner.create(SpoolDirectorySource.of(settings, telemetry), inlet, telemetry, owner.ref()));
    }

    private ActorRef<Channel.Command> channel(String name) {
        int capacity = name.equals("tiny") ? 2 : 1000;
        return kit.spawn(Channel.create(new ChannelSettings(name, capacity, 1 << 20), telemetry), Channel.props());
    }

    private void drop(String name, String... lines) throws IOException {
        Path written = home.resolve(name);
        Files.write(written, List.of(lines));
        Files.move(written, spool.resolve(name));
    }

    private Taken take(String channel) {
        TestProbe<Taken> taker = kit.createTestProbe();
        channels.get(channel).tell(new Take(1, taker.ref()));
        return taker.receiveMessage(LIMIT);
    }

    private void commit(String channel, Taken taken) {
        channels.get(channel).tell(new Commit(taken.transaction()));
    }

    private void awaitCompleted(String name) {
        await().atMost(LIMIT).until(() -> Files.exists(spool.resolve(name + ".COMPLETED")));
    }

    private static List<String> bodies(Taken taken) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < taken.batch().size(); i++) {
            bodies.add(taken.batch().bodyText(i, StandardCharsets.UTF_8));
        }
        return bodies;
    }
}
