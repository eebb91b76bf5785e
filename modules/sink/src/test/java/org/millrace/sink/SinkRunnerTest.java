package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Transaction;
import org.millrace.sink.SinkRunner.Phase;
import org.millrace.sink.SinkRunner.State;
import org.millrace.sink.SinkRunner.Stopped;
import org.millrace.telemetry.Telemetry;
import org.slf4j.LoggerFactory;

class SinkRunnerTest {
    private static final SinkSettings SETTINGS =
            new SinkSettings("s1", "c1", 4, new RetryPolicy(Duration.ofMillis(100), Duration.ofMillis(400)));

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final MemoryStore store = new MemoryStore();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final TestProbe<Channel.PutReply> putter = kit.createTestProbe();
    private final TestProbe<State> states = kit.createTestProbe();
    private final TestProbe<Stopped> stops = kit.createTestProbe();
    private final ActorRef<Channel.Command> channel =
            kit.spawn(Channel.create(new ChannelSettings("c1", 10_000, 1 << 20), telemetry), "c1", Channel.props());
    /** Of commits that nobody asked for yet. */
    private final List<Long> tickets = new ArrayList<>();

    private Channel.PutReply last;
    private ActorRef<SinkRunner.Command> sink;

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(SinkRunner.class)).addAppender(log);
    }

    @AfterEach
    void tearDown() {
        ((Logger) LoggerFactory.getLogger(SinkRunner.class)).detachAppender(log);
        kit.shutdownTestKit();
    }

    @Test
    void shouldStoreAndCommitInOrder() {
        start();
        put(0, 50);

        assertThat(committed(50)).isEqualTo(numbers(0, 50));
        assertThat(store.stored).isEqualTo(texts(0, 50));
        await().until(() -> meter("stored.events=50"));
    }

    @Test
    void shouldAskTheStoreAgainAfterGrowingPausesBeforeItTakesAnything() {
        store.refuseAnswers("no route");
        start();
        put(0, 3);
        int probes = 0;
        for (int pause : new int[] {100, 200, 400, 400}) {
            probes++;
            awaitFailures(probes);
            pass(pause - 1);
            assertThat(store.probes).hasValue(probes);
            pass(1);
            assertThat(store.probes).hasValue(probes + 1);
        }
        assertThat(store.flows).hasValue(0);

        store.answers();
        awaitFailures(5);
        pass(400);
        assertThat(committed(3)).isEqualTo(numbers(0, 3));
        assertThat(store.stored).isEqualTo(texts(0, 3));
    }

    @Test
    void shouldStoreAgainWhatAFailedRunDidNotStoreInOrder() {
        store.refused = "7";
        start();
        put(0, 20);
        awaitFailures(1);
        assertThat(store.stored).startsWith("0", "1", "2", "3", "4", "5", "6").doesNotContain("7");
        store.stored.clear();

        store.refused = "";
        pass(100);

        assertThat(committed(20)).isEqualTo(numbers(0, 20));
        int again = Integer.parseInt(store.stored.get(0));
        assertThat(again).isLessThanOrEqualTo(7);
        assertThat(store.stored).isEqualTo(texts(again, 20));
    }

    @Test
    void shouldStartOverWithTheShortestPauseOnceSomethingWasStored() {
        store.refused = "0";
        start();
        put(0, 1);
        awaitFailures(1);
        pass(100);
        awaitFailures(2);
        pass(200);
        awaitFailures(3);

        store.refused = "1";
        pass(400);
        assertThat(committed(1)).containsExactly(0L);
        put(1, 2);
        awaitFailures(4);
        assertThat(store.flows).hasValue(4);
        pass(99);
        assertThat(store.flows).hasValue(4);
        pass(1);
        await().untilAsserted(() -> assertThat(store.flows).hasValue(5));
    }

    @Test
    void shouldTellItsStateAndEveryChangeOnce() {
        store.refuseAnswers("no route");
        start();
        sink.tell(new SinkRunner.Subscribe(states.ref()));
        State first = states.receiveMessage();
        if (first.phase() == Phase.CONNECTING) {
            first = states.receiveMessage();
        }
        assertThat(first).isEqualTo(new State("s1", Phase.RETRYING, "no route"));
        awaitFailures(1);
        pass(100);
        awaitFailures(2);
        states.expectNoMessage(Duration.ZERO);

        store.refuseAnswers("no name");
        pass(200);
        states.expectMessage(new State("s1", Phase.RETRYING, "no name"));

        awaitFailures(3);
        store.answers();
        pass(400);
        states.expectMessage(new State("s1", Phase.READY, ""));
        assertThat(state()).isEqualTo(new State("s1", Phase.READY, ""));
        assertThat(telemetry.lines())
                .filteredOn(line -> line.startsWith("sink s1"))
                .singleElement()
                .asString()
                .contains("ready=1");
    }

    @Test
    void shouldNotCallItselfReadyBeforeItStoresWhatItFailedToStore() {
        store.refused = "0";
        start();
        await().until(() -> state().phase() == Phase.READY);
        put(0, 1);
        awaitFailures(1);
        assertThat(state()).isEqualTo(new State("s1", Phase.RETRYING, "cannot store 0"));

        store.refused = "";
        store.hang();
        pass(100);
        await().untilAsserted(() -> assertThat(store.flows).hasValue(2));
        assertThat(state().phase()).isEqualTo(Phase.RETRYING);

        store.goOn();
        await().until(() -> state().phase() == Phase.READY);
        assertThat(committed(1)).containsExactly(0L);
    }

    @Test
    void shouldWarnOfTheSameFailureAtGrowingIntervals() {
        store.refuseAnswers("no route");
        start();
        for (int failure = 1; failure <= 20; failure++) {
            awaitFailures(failure);
            pass(Math.toIntExact(SETTINGS.retry().pauseAfter(failure).toMillis()));
        }
        assertThat(messages(Level.WARN))
                .hasSize(5)
                .allMatch(line -> line.startsWith("sink s1: cannot store: no route (failure "))
                .element(4)
                .asString()
                .contains("(failure 16 since ")
                .endsWith("next try in 400 ms");
    }

    @Test
    void shouldSayThatItStallsAndThatItMovesAgain() {
        store.hang();
        start();
        put(0, 3);
        await().untilAsserted(() -> assertThat(meter("open.batches=3")).isTrue());
        pass(1_000);
        for (int second = 2; second <= 15; second++) {
            pass(1_000);
        }
        assertThat(messages(Level.WARN))
                .containsExactly("sink s1: nothing stored for 10 s; 3 batches wait for the store");
        assertThat(state()).isEqualTo(new State("s1", Phase.STALLED, "nothing stored for 10 s"));

        store.goOn();
        committed(3);
        pass(1_000);
        assertThat(messages(Level.INFO)).contains("sink s1: moves again after 15 s");
        assertThat(state().phase()).isEqualTo(Phase.READY);
    }

    @Test
    void shouldSayWhyItStallsOnceWhenTheStoreTells() {
        store.hang();
        start();
        put(0, 3);
        await().untilAsserted(() -> assertThat(meter("open.batches=3")).isTrue());
        store.refuseAnswers("no route");
        passSeconds(20);

        await().untilAsserted(() -> assertThat(messages(Level.WARN))
                .containsExactly(
                        "sink s1: nothing stored for 10 s; 3 batches wait for the store",
                        "sink s1: nothing stored for 10 s: no route; 3 batches wait for the store"));
        assertThat(state()).isEqualTo(new State("s1", Phase.STALLED, "nothing stored for 10 s: no route"));
    }

    @Test
    void shouldNoticeThatAStoreIsAwayForWhichNothingWaits() {
        start();
        await().until(() -> state().phase() == Phase.READY);
        store.refuseAnswers("no route");
        passSeconds(StoreHealth.ASK_AFTER);
        await().until(() -> state().phase() == Phase.SILENT);
        assertThat(state().reason()).isEqualTo("the store does not answer: no route");
        passSeconds(StoreHealth.ASK_AGAIN_AFTER);
        await().untilAsserted(() -> assertThat(store.probes).hasValue(3));
        state();
        assertThat(messages(Level.WARN))
                .containsExactly("sink s1: the store does not answer: no route; nothing waits for it yet");
        assertThat(store.flows).as("its stream runs on").hasValue(1);

        store.answers();
        passSeconds(StoreHealth.ASK_AGAIN_AFTER);
        await().untilAsserted(() -> assertThat(store.probes).hasValue(4));
        assertThat(state().phase()).as("it may have been a moment's luck").isEqualTo(Phase.SILENT);
        passSeconds(StoreHealth.ASK_AFTER);
        await().until(() -> state().phase() == Phase.READY);
        assertThat(messages(Level.INFO)).contains("sink s1: the store answers again");
    }

    @Test
    void shouldNotWaitForAnAnswerThatDoesNotComeWhenNothingElseWaits() {
        start();
        await().until(() -> state().phase() == Phase.READY);
        store.answer = new CompletableFuture<>();
        passSeconds(StoreHealth.ASK_AFTER + StoreHealth.ANSWER_WITHIN);

        assertThat(state()).isEqualTo(new State("s1", Phase.SILENT, "the store does not answer"));
        passSeconds(20);
        assertThat(store.probes)
                .as("not asked a second time before it answered")
                .hasValue(2);

        // It has something to store now, and does: that is better than any answer.
        put(0, 1);
        assertThat(committed(1)).containsExactly(0L);
        passSeconds(1);
        assertThat(state().phase()).isEqualTo(Phase.READY);
    }

    @Test
    void shouldSayThatAStoreDoesNotAnswer() {
        store.answer = new CompletableFuture<>();
        start();
        for (int second = 1; second <= 11; second++) {
            pass(1_000);
        }
        assertThat(messages(Level.WARN)).containsExactly("sink s1: the store has not answered for 10 s");
        assertThat(state().phase()).isEqualTo(Phase.CONNECTING);
    }

    @Test
    void shouldStoreAndCommitWhatItHasTakenBeforeItStops() {
        store.hang();
        start();
        put(0, 50);
        await().untilAsserted(() -> assertThat(meter("open.batches=0")).isFalse());
        state();
        sink.tell(new SinkRunner.Stop(Duration.ofSeconds(30), stops.ref()));
        state();
        stops.expectNoMessage(Duration.ZERO);

        store.goOn();

        assertThat(stops.receiveMessage()).isEqualTo(new Stopped("s1", 0));
        assertThat(store.completed).as("flows that could close their files").hasValue(1);
        assertThat(store.stored).isNotEmpty().hasSizeLessThan(50);
        assertThat(committed(store.stored.size())).isEqualTo(numbers(0, store.stored.size()));
        assertThat(taken(50 - store.stored.size())).isEqualTo(texts(store.stored.size(), 50));
    }

    @Test
    void shouldGiveBackWhatItCannotStoreInTimeWhenStopped() {
        store.hang();
        start();
        put(0, 3);
        await().untilAsserted(() -> assertThat(meter("open.batches=3")).isTrue());
        sink.tell(new SinkRunner.Stop(Duration.ofSeconds(30), stops.ref()));
        state();
        time.timePasses(Duration.ofSeconds(24));
        state();
        stops.expectNoMessage(Duration.ZERO);
        // The rest is for the store to let go.
        time.timePasses(Duration.ofSeconds(1));

        assertThat(stops.receiveMessage()).isEqualTo(new Stopped("s1", 3));
        assertThat(taken(3)).isEqualTo(texts(0, 3));
        putter.expectNoMessage(Duration.ZERO);
        assertThat(tickets).isEmpty();
    }

    @Test
    void shouldWaitNoLongerWhenItIsToldASecondTimeWithAShorterLimit() {
        store.hang();
        start();
        put(0, 3);
        await().untilAsserted(() -> assertThat(meter("open.batches=3")).isTrue());
        sink.tell(new SinkRunner.Stop(Duration.ofSeconds(30), stops.ref()));
        sink.tell(new SinkRunner.Stop(Duration.ZERO, stops.ref()));
        state();
        time.timePasses(Duration.ofMillis(10));

        assertThat(stops.receiveMessage()).isEqualTo(new Stopped("s1", 3));
        assertThat(stops.receiveMessage()).isEqualTo(new Stopped("s1", 3));
        assertThat(taken(3)).isEqualTo(texts(0, 3));
    }

    @Test
    void shouldStopAtOnceWhileTheStoreIsAway() {
        store.refuseAnswers("no route");
        start();
        awaitFailures(1);
        sink.tell(new SinkRunner.Stop(Duration.ofSeconds(30), stops.ref()));
        assertThat(stops.receiveMessage()).isEqualTo(new Stopped("s1", 0));
    }

    @Test
    void shouldEndWithItsChannel() {
        start();
        put(0, 1);
        committed(1);
        kit.stop(channel);
        states.expectTerminated(sink);
        assertThat(messages(Level.WARN)).isEmpty();
    }

    @Test
    void shouldRetryAStoreThatThrowsInsteadOfFailing() {
        Store broken = new Store() {
            @Override
            public CompletionStage<Done> probe() {
                if (store.probes.get() == 0) {
                    store.probe();
                    throw new IllegalStateException("no probe");
                }
                return store.probe();
            }

            @Override
            public Flow<Transaction, Transaction, NotUsed> flow() {
                if (store.probes.get() == 2) {
                    throw new IllegalStateException("no flow");
                }
                return store.flow();
            }
        };
        sink = kit.spawn(SinkRunner.create(SETTINGS, broken, channel, telemetry));
        put(0, 1);
        awaitFailures(1);
        assertThat(state().reason()).isEqualTo("no probe");
        pass(100);
        awaitFailures(2);
        assertThat(state().reason()).isEqualTo("no flow");
        pass(200);
        assertThat(committed(1)).containsExactly(0L);
    }

    private void start() {
        sink = kit.spawn(SinkRunner.create(SETTINGS, store, channel, telemetry));
    }

    /** Puts batches one after another, as a putter does; a channel that has not begun yet refuses. */
    private void put(int from, int to) {
        for (int i = from; i < to; i++) {
            Channel.Put put = new Channel.Put(i, Batches.of(i, Integer.toString(i)), putter.ref());
            channel.tell(put);
            while (!(reply() instanceof Channel.Accepted accepted && accepted.ticket() == i)) {
                if (last instanceof Channel.RoomAgain) {
                    channel.tell(put);
                }
            }
        }
    }

    private Channel.PutReply reply() {
        last = putter.receiveMessage();
        if (last instanceof Channel.Committed committed) {
            tickets.add(committed.ticket());
        }
        return last;
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    /** The tickets of the next {@code count} commits. */
    private List<Long> committed(int count) {
        while (tickets.size() < count) {
            reply();
        }
        List<Long> next = List.copyOf(tickets.subList(0, count));
        tickets.subList(0, count).clear();
        return next;
    }

    /** What another taker gets from the channel. */
    private List<String> taken(int count) {
        TestProbe<Channel.Taken> taker = kit.createTestProbe();
        channel.tell(new Channel.Take(count, taker.ref()));
        return IntStream.range(0, count)
                .mapToObj(i -> Batches.text(taker.receiveMessage().batch()))
                .toList();
    }

    private State state() {
        TestProbe<State> probe = kit.createTestProbe();
        sink.tell(new SinkRunner.GetState(probe.ref()));
        return probe.receiveMessage();
    }

    /** Waits until so many failures were met and their pauses have begun. */
    private void awaitFailures(int count) {
        await().untilAsserted(() -> assertThat(
                        telemetry.part("sink", "s1").counter("failures").count())
                .isEqualTo(count));
        state();
    }

    /** Lets time pass, and the sink do what it does by then. */
    private void pass(int millis) {
        time.timePasses(Duration.ofMillis(millis));
        state();
    }

    private void passSeconds(int count) {
        pass(count * 1_000);
    }

    private boolean meter(String entry) {
        return telemetry.lines().stream().anyMatch(line -> line.startsWith("sink s1:") && line.contains(entry));
    }

    private List<String> messages(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
