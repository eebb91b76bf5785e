package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.channel.Transaction;
import org.millrace.event.EventBatch;

/** What goes into which file and when it is closed, on a local file system, which is quicker than HDFS. */
class HdfsStoreFilesTest {
    private static final String NO_ROLLS = "roll-size = 0, roll-interval = 1 h, idle-close = 0 s";
    private static final String STAMP = Long.toString(ManualClock.START.toEpochMilli());
    private static final Duration LONG = Duration.ofSeconds(60);
    private static ActorTestKit kit;

    @TempDir
    private Path directory;

    private StoreFixture fixture;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @AfterEach
    void closeStore() throws IOException {
        fixture.close();
    }

    private StoreFixture open(String path, String config) throws IOException {
        fixture = new StoreFixture(kit, "file://" + directory, path, config);
        return fixture;
    }

    @Test
    void shouldHaveTheEventsInTheFileBeforeItEmitsThem() throws IOException {
        open("/%Y-%m-%d", NO_ROLLS);
        List<String> missing = new ArrayList<>();
        fixture.onEmitted(transaction -> {
            String body = new String(transaction.batch().copyBody(0), java.nio.charset.StandardCharsets.UTF_8);
            if (!fixture.contentText().contains(body + "\n")) {
                missing.add(body);
            }
        });
        StoreFixture.Run run = fixture.run();
        for (int i = 0; i < 50; i++) {
            fixture.put(Batches.of("s", "event " + i));
        }
        fixture.awaitAllCommitted();

        assertThat(missing).isEmpty();
        assertThat(fixture.names()).containsExactly("events.collector-1." + STAMP + "-1.tmp");
        assertThat(fixture.gauge("open.files")).isEqualTo(1);
        run.finish();
        assertThat(fixture.names()).containsExactly("events.collector-1." + STAMP + "-1");
        assertThat(fixture.files().get(0).getParent().getName()).isEqualTo("2026-03-01");
        assertThat(fixture.gauge("open.files")).isZero();
        assertThat(fixture.count("written.events")).isEqualTo(50);
        assertThat(fixture.count("written.bytes")).isEqualTo(fixture.content().length);
        assertThat(fixture.count("files.opened")).isEqualTo(1);
        assertThat(fixture.count("files.closed")).isEqualTo(1);
    }

    @Test
    void shouldRollAtExactlyTheCount() throws IOException {
        open("/", "roll-size = 0, roll-count = 3, roll-interval = 1 h, idle-close = 0 s");
        fixture.put(Batches.of("s", "1", "2"), Batches.of("s", "3", "4", "5", "6", "7", "8", "9", "10"));
        StoreFixture.Run run = fixture.run();
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.files())
                .extracting(fixture::text)
                .containsExactly("1\n2\n3\n", "4\n5\n6\n", "7\n8\n9\n", "10\n");
        assertThat(fixture.names()).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void shouldRollWithTheBatchThatReachesTheSize() throws IOException {
        open("/", "roll-size = 8, roll-interval = 1 h, idle-close = 0 s");
        fixture.put(
                Batches.of("s", "abc"), Batches.of("s", "def", "ghi"), Batches.of("s", "jkl"), Batches.of("s", "mno"));
        StoreFixture.Run run = fixture.run();
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.files()).extracting(fixture::text).containsExactly("abc\ndef\nghi\n", "jkl\nmno\n");
    }

    @Test
    void shouldRollAfterTheIntervalWithoutTraffic() throws IOException {
        open("/", "roll-size = 0, roll-interval = 60 s, idle-close = 0 s");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", "first"));
        fixture.awaitAllCommitted();
        fixture.clock.pass(Duration.ofSeconds(59));
        fixture.put(Batches.of("s", "second"));
        fixture.awaitAllCommitted();
        assertThat(fixture.names()).hasSize(1).allMatch(name -> name.endsWith(".tmp"));

        fixture.clock.pass(Duration.ofSeconds(1));
        fixture.awaitNoneInUse();
        fixture.put(Batches.of("s", "third"));
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.files()).extracting(fixture::text).containsExactly("first\nsecond\n", "third\n");
    }

    @Test
    void shouldCloseAFileThatNobodyWritesTo() throws IOException {
        open("/%{app}", "roll-size = 0, roll-interval = 0 s, idle-close = 10 s");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", Map.of("app", "quiet"), "q"), Batches.of("s", Map.of("app", "busy"), "b1"));
        fixture.awaitAllCommitted();
        fixture.clock.pass(Duration.ofSeconds(9));
        fixture.put(Batches.of("s", Map.of("app", "busy"), "b2"));
        fixture.awaitAllCommitted();
        fixture.clock.pass(Duration.ofSeconds(1));

        await().until(() -> fixture.count("files.closed") == 1);
        assertThat(fixture.files())
                .filteredOn(file -> !file.getName().endsWith(".tmp"))
                .extracting(file -> file.getParent().getName())
                .containsExactly("quiet");
        run.finish();
        assertThat(fixture.contentText()).isEqualTo("q\nb1\nb2\n");
    }

    @Test
    void shouldCloseTheFileThatWasNotUsedForTheLongestTime() throws IOException {
        open("/%{app}", NO_ROLLS + ", max-open-files = 2");
        StoreFixture.Run run = fixture.run();
        for (String app : List.of("a", "b", "a", "c")) {
            fixture.put(Batches.of("s", Map.of("app", app), app));
        }
        fixture.awaitAllCommitted();
        await().until(() -> fixture.count("files.closed") == 1);

        assertThat(fixture.files())
                .filteredOn(file -> !file.getName().endsWith(".tmp"))
                .extracting(file -> file.getParent().getName())
                .containsExactly("b");
        assertThat(fixture.gauge("open.files")).isEqualTo(2);
        run.finish();
        fixture.awaitNoneInUse();
    }

    @Test
    void shouldBoundOpenFilesInsideOneBatchToo() throws IOException {
        open("/%{app}", NO_ROLLS + ", max-open-files = 3");
        List<Map<String, String>> own =
                IntStream.range(0, 40).mapToObj(i -> Map.of("app", "app" + i)).toList();
        String[] bodies = IntStream.range(0, 40).mapToObj(Integer::toString).toArray(String[]::new);
        fixture.put(Batches.of("s", Map.of(), own, bodies));
        StoreFixture.Run run = fixture.run();
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.files())
                .hasSize(40)
                .extracting(fixture::text)
                .containsExactly(
                        java.util.Arrays.stream(bodies).map(body -> body + "\n").toArray(String[]::new));
    }

    @Test
    void shouldNotMixOtherEventsIntoALineThatWasCut() throws IOException {
        open("/", NO_ROLLS);
        Map<String, String> first = Map.of("line-part", "1", "line-parts", "2");
        Map<String, String> last = Map.of("line-part", "2", "line-parts", "2");
        StoreFixture.Run run = fixture.run();
        fixture.put(
                Batches.of("one", Map.of(), List.of(Map.of(), first), "whole", "half "),
                Batches.of("two", "between"),
                Batches.of("one", Map.of(), List.of(last), "and half", "more"),
                Batches.of("two", "after"));
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.files())
                .extracting(fixture::text)
                .containsExactly("whole\nhalf and half\nmore\nafter\n", "between\n");
    }

    @Test
    void shouldNeverWriteOverAFileThatIsThere() throws IOException {
        open("/", NO_ROLLS);
        Path inTheWay = directory.resolve("events.collector-1." + STAMP + "-1");
        Files.writeString(inTheWay, "precious");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", "mine"));
        fixture.awaitAllCommitted();
        run.finish();
        // The next two numbers are taken by files that somebody has in use.
        Path inUse = directory.resolve("events.collector-1." + STAMP + "-3.tmp");
        Files.writeString(inUse, "in use");
        StoreFixture.Run again = fixture.run();
        fixture.put(Batches.of("s", "mine too"));
        fixture.awaitAllCommitted();
        again.finish();

        assertThat(inTheWay).hasContent("precious");
        assertThat(inUse).hasContent("in use");
        assertThat(directory.resolve("events.collector-1." + STAMP + "-2")).hasContent("mine");
        assertThat(directory.resolve("events.collector-1." + STAMP + "-4")).hasContent("mine too");
    }

    @Test
    void shouldRecordWhatCannotBeStoredAndGoOn() throws IOException {
        open("/%{app}/%Y", NO_ROLLS + ", timestamp = header");
        Map<String, String> good = Map.of("app", "shop", "timestamp", "0");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of(
                "s",
                Map.of(),
                List.of(
                        good,
                        Map.of("timestamp", "0"),
                        Map.of("app", "shop"),
                        Map.of("app", "x".repeat(300), "timestamp", "0"),
                        good),
                "1",
                "no app",
                "no time",
                "long app",
                "2"));
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.contentText()).isEqualTo("1\n2\n");
        assertThat(fixture.deadLetters.recorded())
                .containsExactly("missing-header: no app", "no-timestamp: no time", "name-too-long: long app");
    }

    @Test
    void shouldStoreNothingOfAGroupWhoseDeadLettersAreNotRecorded() throws IOException {
        open("/%{app}", NO_ROLLS);
        fixture.deadLetters.breakDown(true);
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", Map.of(), List.of(Map.of("app", "shop"), Map.of()), "good", "bad"));

        assertThatThrownBy(() -> StoreFixture.join(run.end()))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("disk full");
        assertThat(fixture.files()).isEmpty();

        fixture.deadLetters.breakDown(false);
        StoreFixture.Run again = fixture.run();
        fixture.awaitAllCommitted();
        again.finish();
        assertThat(fixture.contentText()).isEqualTo("good\n");
        assertThat(fixture.deadLetters.recorded()).containsExactly("missing-header: bad");
    }

    @Test
    void shouldCutAFileBackToWhatWasStored() throws IOException {
        open("/", NO_ROLLS + ", file-prefix = \"%{app}\"");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", Map.of("app", "shop"), "stored"));
        fixture.awaitAllCommitted();
        fixture.deadLetters.breakDown(true);
        fixture.put(Batches.of("s", Map.of(), List.of(Map.of("app", "shop"), Map.of()), "not stored", "bad"));
        assertThatThrownBy(() -> StoreFixture.join(run.end())).hasRootCauseMessage("disk full");

        assertThat(fixture.names()).containsExactly("shop.collector-1." + STAMP + "-1");
        assertThat(fixture.contentText()).isEqualTo("stored\n");
    }

    @Test
    void shouldCloseItsFilesWhenItsStreamIsAborted() throws IOException {
        open("/", NO_ROLLS);
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", "kept"));
        fixture.awaitAllCommitted();
        run.stop().abort(new IllegalStateException("stop"));

        fixture.awaitNoneInUse();
        assertThat(fixture.contentText()).isEqualTo("kept\n");
    }

    @Test
    void shouldStoreEverythingBeforeItCompletes() throws IOException {
        open("/", NO_ROLLS);
        EventBatch[] batches = IntStream.range(0, 20)
                .mapToObj(i -> Batches.of("s", "event " + i))
                .toArray(EventBatch[]::new);
        fixture.put(batches);
        List<Transaction> emitted = fixture.runInto(Sink.<Transaction>seq(), 20);

        assertThat(emitted).extracting(Transaction::batch).containsExactly(batches);
        assertThat(fixture.names()).containsExactly("events.collector-1." + STAMP + "-1");
    }

    @Test
    void shouldCloseItsFilesWhenTheActorSystemEnds() throws IOException {
        ActorTestKit other = ActorTestKit.create();
        fixture = new StoreFixture(other, "file://" + directory, "/", NO_ROLLS);
        fixture.run();
        fixture.put(Batches.of("s", "kept"));
        fixture.awaitAllCommitted();
        other.shutdownTestKit();

        assertThat(fixture.names()).containsExactly("events.collector-1." + STAMP + "-1");
        assertThat(fixture.contentText()).isEqualTo("kept\n");
    }

    @Test
    void shouldRecoverWhatThisNodeLeftInUseAndNothingElse() throws IOException {
        open("/%Y/%{app}", NO_ROLLS);
        Path apps = Files.createDirectories(directory.resolve("2025/shop"));
        Files.writeString(apps.resolve("events.collector-1.17-1.tmp"), "left\n");
        Files.createFile(apps.resolve("events.collector-1.17-2.tmp"));
        Files.writeString(apps.resolve("events.collector-2.17-1.tmp"), "other node's\n");
        Files.writeString(directory.resolve("2025/events.collector-1.17-1.tmp"), "not so deep\n");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", Map.of("app", "shop"), "new"));
        fixture.awaitAllCommitted();
        await().until(() -> fixture.count("files.recovered") == 1);

        assertThat(apps.resolve("events.collector-1.17-1")).hasContent("left");
        assertThat(apps.resolve("events.collector-1.17-2")).doesNotExist();
        assertThat(apps.resolve("events.collector-1.17-2.tmp")).doesNotExist();
        assertThat(apps.resolve("events.collector-2.17-1.tmp")).exists();
        assertThat(directory.resolve("2025/events.collector-1.17-1.tmp")).exists();
        // The file of the flow that runs is ours and open.
        assertThat(fixture.store
                        .recover(StoreFixture.NODE)
                        .toCompletableFuture()
                        .join())
                .isZero();
        assertThat(directory.resolve("2026/shop/events.collector-1." + STAMP + "-1.tmp"))
                .exists();

        // That one may be alive, and nothing would keep it from writing to a file we have deleted.
        assertThat(StoreFixture.join(fixture.store.recover("collector-2"))).isZero();
        assertThat(apps.resolve("events.collector-2.17-1.tmp")).hasContent("other node's");
        run.finish();
    }

    @Test
    void shouldLookAgainWhileAFileThatItFoundCannotBeClosed() throws IOException {
        open("/", NO_ROLLS + TroubledFileSystem.CONFIG);
        Path stuck = Files.writeString(directory.resolve(TroubledFileSystem.STUCK + ".tmp"), "stuck\n");
        CompletableFuture<Integer> recovered =
                fixture.store.recover(StoreFixture.NODE).toCompletableFuture();
        await().until(() -> fixture.gauge("unclosed.files") == 1);

        Files.writeString(directory.resolve("events.collector-1.17-1.tmp"), "left later\n");
        fixture.store.recover(StoreFixture.NODE);
        await().atMost(LONG).until(() -> Files.exists(directory.resolve("events.collector-1.17-1")));
        assertThat(stuck).exists();
        assertThat(recovered).isNotDone();
    }

    @Test
    void shouldTakeWhatTheStoreBeforeLetsGoOfUnclosed() throws IOException {
        open("/", NO_ROLLS + TroubledFileSystem.CONFIG);
        fixture.run();
        fixture.put(Batches.of("s", "kept"));
        fixture.awaitAllCommitted();
        CountDownLatch answer = new CountDownLatch(1);
        TroubledFileSystem.hangUntil(answer);
        fixture.store.close();
        await().until(TroubledFileSystem::hangs);

        Files.writeString(directory.resolve("events.collector-1.17-1.tmp"), "left\n");
        try (StoreFixture next = new StoreFixture(kit, "file://" + directory, "/", NO_ROLLS)) {
            CompletableFuture<Integer> recovered =
                    next.store.recover(StoreFixture.NODE).toCompletableFuture();
            await().atMost(LONG).until(() -> Files.exists(directory.resolve("events.collector-1.17-1")));
            assertThat(recovered).isNotDone();
            answer.countDown();
            await().atMost(LONG).until(recovered::isDone);
            assertThat(recovered).isCompletedWithValue(2);
            assertThat(next.contentText()).contains("kept\n");
            assertThat(next.names()).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void shouldSayWhatIsWrongWhenItIsProbed() throws IOException {
        open("/logs/%Y", NO_ROLLS);
        assertThat(StoreFixture.join(fixture.store.probe())).isNotNull();
        assertThat(directory.resolve("logs")).isDirectory();

        Files.delete(directory.resolve("logs"));
        Files.createFile(directory.resolve("logs"));
        assertThatThrownBy(() -> StoreFixture.join(fixture.store.probe()))
                .hasMessageContaining("file://" + directory + "/logs cannot be written to: ");
    }
}
