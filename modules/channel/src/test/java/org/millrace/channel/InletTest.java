package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.flow.InterceptorChain;
import org.millrace.flow.Selector;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.telemetry.Telemetry;

/** Interceptors and selectors as they are configured, in front of real channels that hold ten events each. */
class InletTest {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final String BY_KIND = """
            interceptors = [
              { type = regex-filter, regex = "^drop", exclude-events = true }
              { type = regex-extractor, regex = "^(\\\\w+)", serializers = [ { name = kind } ] }
            ]
            selector { type = multiplexing, header = kind
              mapping { one = [a], two = [b], both = [a, b] }, optional { one = [c] }, default = [] }""";

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
    private final TestProbe<PutReply> replies = kit.createTestProbe();
    private FanOut fanOut;
    private Inlet inlet;
    private long offset;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldSplitABatchAndCommitItOnlyWithAllItsRequiredParts() {
        configure(BY_KIND);
        EventBatch batch = offer("one 1", "two 2", "both 3", "drop 4", "other 5");

        Taken b = take("b");
        assertThat(bodies(b)).containsExactly("two 2", "both 3");
        commit("b", b);
        assertThat(answers(3)).isEqualTo(Position.START);
        Taken a = take("a");
        assertThat(bodies(a)).containsExactly("one 1", "both 3");
        commit("a", a);

        assertThat(answers(1)).as("past what was left out behind the last part").isEqualTo(batch.last());
        assertThat(bodies(take("c"))).containsExactly("one 1");
        assertThat(dropped("regex-filter")).isEqualTo(1);
        assertThat(dropped("no-channel")).isEqualTo(1);
        assertThat(fanOut.isIdle()).isTrue();
    }

    @Test
    void shouldCommitABatchOfWhichNothingIsLeftBehindTheOneBefore() {
        configure(BY_KIND);
        offer("two 1");
        EventBatch left = offer("drop 2", "drop 3", "other 4");
        assertThat(answers(1)).isEqualTo(Position.START);
        commit("b", take("b"));
        assertThat(answers(1)).isEqualTo(left.last());

        EventBatch alone = offer("drop 5");
        assertThat(fanOut.committed()).isEqualTo(alone.last());
        assertThat(dropped("regex-filter")).isEqualTo(3);
    }

    /** Flume puts the first channel's part again with every retry of the second. */
    @Test
    void shouldPutEachPartOnceThoughAnotherChannelIsFull() {
        configure("");
        EventBatch first = offer(Collections.nCopies(9, "x").toArray(String[]::new));
        answers(3);
        Taken held = take("b");
        commit("a", take("a"));
        commit("c", take("c"));
        answers(2);
        EventBatch second = offer("y", "z");
        answers(3);
        commit("a", take("a"));
        commit("c", take("c"));
        assertThat(answers(2)).isEqualTo(Position.START);

        commit("b", held);
        assertThat(answers(2)).isEqualTo(first.last());
        answers(1);
        commit("b", take("b"));
        assertThat(answers(1)).isEqualTo(second.last());
        for (String name : NAMES) {
            assertThat(telemetry
                            .part("channel", name)
                            .counter("accepted.events")
                            .count())
                    .isEqualTo(11);
        }
    }

    @Test
    void shouldNotWaitForAnOptionalChannelThatIsFull() {
        configure("selector { type = replicating, optional = [b, c] }");
        EventBatch last = null;
        for (int i = 1; i <= 15; i++) {
            last = offer("event " + i);
            answers(1);
            commit("a", take("a"));
            assertThat(answers(1)).isEqualTo(last.last());
        }

        assertThat(missed("b")).isEqualTo(5);
        for (int i = 1; i <= 10; i++) {
            Taken taken = take("b");
            assertThat(bodies(taken)).containsExactly("event " + i);
            commit("b", taken);
        }
        offer("event 16");
        assertThat(bodies(take("b"))).containsExactly("event 16");
        assertThat(missed("b")).isEqualTo(5);
        assertThat(missed("a")).isZero();
    }

    private void configure(String text) {
        for (String name : NAMES) {
            channels.put(
                    name,
                    kit.spawn(Channel.create(new ChannelSettings(name, 10, 1 << 20), telemetry), Channel.props()));
        }
        ConfigProblems problems = new ConfigProblems();
        ConfigSection section = ConfigSection.of(ConfigFactory.parseString("x {" + text + "}"), "x", problems);
        inlet = new Inlet(
                InterceptorChain.from(section, ConfigFactory.defaultReference()),
                Selector.from(section, NAMES, ConfigFactory.defaultReference()),
                channels,
                telemetry.part("flow", "x"));
        problems.throwIfAny();
        fanOut = new FanOut(channels, Position.START, replies.ref());
    }

    private EventBatch offer(String... bodies) {
        byte[] slab = String.join("", bodies).getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder batch = EventBatch.builder(new SourceId("s", 1), 1, offset, Map.of(), slab);
        int at = 0;
        for (String body : bodies) {
            batch.add(at, body.length(), ++offset);
            at += body.length();
        }
        EventBatch built = batch.build();
        inlet.offer(built, fanOut);
        return built;
    }

    /** Takes {@code count} answers of channels, and says how far the lane is committed. */
    private Position answers(int count) {
        replies.receiveSeveralMessages(count).forEach(fanOut::on);
        return fanOut.committed();
    }

    private Taken take(String channel) {
        TestProbe<Taken> taker = kit.createTestProbe();
        channels.get(channel).tell(new Take(1, taker.ref()));
        return taker.receiveMessage();
    }

    private void commit(String channel, Taken taken) {
        channels.get(channel).tell(new Commit(taken.transaction()));
    }

    private static List<String> bodies(Taken taken) {
        return Stream.iterate(0, i -> i + 1)
                .limit(taken.batch().size())
                .map(i -> taken.batch().event(i).bodyAsText())
                .toList();
    }

    private double dropped(String reason) {
        return telemetry.part("flow", "x").counter("dropped.events", reason).count();
    }

    private double missed(String channel) {
        return telemetry
                .part("channel", channel)
                .counter("missed.events", "full")
                .count();
    }
}
