package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.trial.FreePorts;
import org.millrace.trial.HdfsServer;
import org.millrace.trial.JavaProcess;

/** The store against a real HDFS, whose parts fail and come back. */
class HdfsStoreTest {
    private static final String NO_ROLLS = "roll-size = 0, roll-interval = 1 h, idle-close = 0 s";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private static Path state;

    private static HdfsServer server;
    private static ActorTestKit kit;

    private StoreFixture fixture;

    @BeforeAll
    static void startServer() {
        server = HdfsServer.start(Path.of(System.getProperty("millrace.hdfs-server.lib")), state);
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stopServer() {
        kit.shutdownTestKit();
        server.close();
    }

    @AfterEach
    void closeStore() throws IOException {
        fixture.close();
    }

    private StoreFixture open(TestInfo test, String path, String config) throws IOException {
        String root = server.uri() + "/" + test.getTestMethod().orElseThrow().getName();
        String hadoop = ", hadoop { dfs.replication = 1 }";
        fixture = new StoreFixture(kit, root, path, config + hadoop);
        return fixture;
    }

    @Test
    void shouldKeepEveryByteAndEmitOnlyWhatCanBeRead(TestInfo test) throws IOException {
        open(test, "/logdfs/%Y-%m-%d", NO_ROLLS);
        Random random = new Random(1);
        List<EventBatch> batches =
                IntStream.range(0, 30).mapToObj(i -> noise(random, i)).toList();
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        batches.forEach(batch -> writeTo(input, batch));
        List<Long> early = new ArrayList<>();
        fixture.onEmitted(new java.util.function.Consumer<>() {
            private long emitted;

            @Override
            public void accept(org.millrace.channel.Transaction transaction) {
                emitted += transaction.batch().bodyBytes() + transaction.batch().size();
                if (fixture.content().length < emitted) {
                    early.add(emitted);
                }
            }
        });
        StoreFixture.Run run = fixture.run();
        batches.forEach(fixture::put);
        fixture.awaitAllCommitted();

        assertThat(early).isEmpty();
        assertThat(fixture.names()).hasSize(1).allMatch(name -> name.endsWith(".tmp"));
        run.finish();
        assertThat(fixture.names()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
        assertThat(fixture.content()).isEqualTo(input.toByteArray());
    }

    private static EventBatch noise(Random random, int number) {
        byte[] slab = new byte[100_000];
        random.nextBytes(slab);
        EventBatch.Builder batch = EventBatch.builder(new SourceId("noise", 1), number, 0, Map.of(), slab);
        int at = 0;
        while (at < slab.length) {
            int length = Math.min(slab.length - at, random.nextInt(2000));
            batch.add(at, length, at + length + batch.size() + 1L);
            at += length;
        }
        return batch.build();
    }

    private static void writeTo(ByteArrayOutputStream out, EventBatch batch) {
        try {
            for (int i = 0; i < batch.size(); i++) {
                batch.writeBody(i, out);
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldFlushBatchesThatWaitTogether(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS + ", sync = hsync");
        EventBatch[] batches = IntStream.range(0, 300)
                .mapToObj(i -> Batches.of("s", "event " + i))
                .toArray(EventBatch[]::new);
        fixture.put(batches);
        StoreFixture.Run run = fixture.run();
        fixture.awaitAllCommitted();
        run.finish();

        assertThat(fixture.count("flushes")).isBetween(1.0, 150.0);
        assertThat(fixture.contentText().lines()).hasSize(300);
    }

    @Test
    void shouldCloseAndRenameAtItsLimits(TestInfo test) throws IOException {
        open(test, "/", "roll-size = 0, roll-count = 100, roll-interval = 60 s, idle-close = 0 s");
        StoreFixture.Run run = fixture.run();
        for (int i = 0; i < 25; i++) {
            fixture.put(Batches.of("s", lines(i * 10, 10)));
        }
        fixture.awaitAllCommitted();
        await().until(() -> fixture.count("files.closed") == 2);
        fixture.clock.pass(Duration.ofSeconds(60));
        fixture.awaitNoneInUse();

        assertThat(fixture.files())
                .extracting(file -> fixture.text(file).lines().count())
                .containsExactly(100L, 100L, 50L);
        assertThat(fixture.contentText().lines()).containsExactly(lines(0, 250));
        run.finish();
    }

    private static String[] lines(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "line " + i).toArray(String[]::new);
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheDataNodeDies(TestInfo test) throws IOException {
        open(test, "/", "roll-size = 0, roll-count = 40, roll-interval = 1 h, idle-close = 0 s");
        StoreFixture.Run run = fixture.runForever();
        putLines(0, 50);
        fixture.awaitCommitted(25);
        server.stopDataNode();
        putLines(50, 50);
        server.startDataNode();
        fixture.awaitAllCommitted();
        putLines(100, 20);
        fixture.awaitAllCommitted();
        run.finish();
        fixture.awaitNoneInUse();

        assertThat(fixture.contentText().lines()).containsExactlyInAnyOrder(lines(0, 120));
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheNameNodeDies(TestInfo test) throws IOException {
        open(test, "/", "roll-size = 0, roll-count = 40, roll-interval = 1 h, idle-close = 0 s");
        StoreFixture.Run run = fixture.runForever();
        putLines(0, 50);
        fixture.awaitAllCommitted();
        server.stopNameNode();
        putLines(50, 50);
        await().atMost(LONG).until(() -> fixture.gauge("unclosed.files") > 0);
        server.startNameNode();
        fixture.awaitAllCommitted();
        run.finish();
        fixture.awaitNoneInUse();

        assertThat(fixture.contentText().lines()).containsExactlyInAnyOrder(lines(0, 100));
        assertThat(fixture.count("close.retries")).isPositive();
    }

    private void putLines(int from, int count) {
        for (int i = from; i < from + count; i++) {
            fixture.put(Batches.of("s", "line " + i));
        }
    }

    @Test
    void shouldCutAFileBackToWhatWasStored(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS + ", file-prefix = \"%{app}\"");
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", Map.of("app", "shop"), "stored"));
        fixture.awaitAllCommitted();
        fixture.deadLetters.breakDown(true);
        fixture.put(Batches.of("s", Map.of(), List.of(Map.of("app", "shop"), Map.of()), "flushed, not stored", "bad"));
        assertThatThrownBy(() -> StoreFixture.join(run.end())).hasRootCauseMessage("disk full");
        fixture.awaitNoneInUse();
        assertThat(fixture.contentText()).isEqualTo("stored\n");

        fixture.deadLetters.breakDown(false);
        StoreFixture.Run again = fixture.run();
        fixture.awaitAllCommitted();
        again.finish();
        assertThat(fixture.contentText()).isEqualTo("stored\nflushed, not stored\n");
    }

    @Test
    void shouldCloseAndRenameWhatAKilledProcessLeftInUse(TestInfo test) throws IOException {
        open(test, "/%Y-%m-%d", NO_ROLLS);
        try (JavaProcess writer = JavaProcess.start(
                "writer",
                List.of("-Xmx128m"),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                AbandonedWriter.class.getName(),
                List.of(
                        fixture.root + "/2026-02-28",
                        "events.collector-1.17-1.tmp",
                        "acknowledged\n",
                        "events.collector-1.17-2.tmp",
                        "",
                        "events.collector-2.17-1.tmp",
                        "another's\n"),
                state.resolve("writer.log"))) {
            await().atMost(LONG).until(() -> writer.logTail().contains(AbandonedWriter.READY));
            writer.kill();
        }
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", "new"));
        fixture.awaitAllCommitted();
        await().atMost(LONG).until(() -> fixture.count("files.recovered") == 1);
        assertThat(StoreFixture.join(fixture.store.recover(StoreFixture.NODE))).isZero();

        assertThat(new TreeSet<>(fixture.names()))
                .containsExactly(
                        "events.collector-1.17-1",
                        "events.collector-1." + ManualClock.START.toEpochMilli() + "-1.tmp",
                        "events.collector-2.17-1.tmp");
        assertThat(fixture.text(fixture.files().get(0))).isEqualTo("acknowledged\n");

        assertThat(StoreFixture.join(fixture.store.recover("collector-2"))).isEqualTo(1);
        assertThat(fixture.names()).contains("events.collector-2.17-1");
        run.finish();
        assertThat(fixture.contentText().lines()).containsExactlyInAnyOrder("acknowledged", "another's", "new");
    }

    @Test
    void shouldGiveAllThatAKilledCollectorAcknowledgedItsFinalName(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS);
        try (JavaProcess collector = startCollector()) {
            awaitAcknowledged(collector, 200);
            collector.kill();

            assertThat(StoreFixture.join(fixture.store.recover("collector-2"))).isEqualTo(1);
            assertThat(fixture.names()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
            assertThat(fixture.contentText().lines()).containsAll(WritingCollector.acknowledged(collector.log()));
        }
    }

    @Test
    void shouldTakeTheFilesOfAFrozenCollectorWhichGoesOnWithNewOnes(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS);
        try (JavaProcess collector = startCollector()) {
            awaitAcknowledged(collector, 200);
            collector.freeze();
            List<String> before = WritingCollector.acknowledged(collector.log());

            assertThat(StoreFixture.join(fixture.store.recover("collector-2"))).isEqualTo(1);
            assertThat(fixture.names()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
            assertThat(fixture.contentText().lines()).containsAll(before);
            String taken = fixture.contentText();

            collector.thaw();
            awaitAcknowledged(collector, before.size() + 200);
            collector.terminate();
            assertThat(collector.awaitExit(LONG)).isZero();

            assertThat(fixture.names()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
            assertThat(fixture.text(fixture.files().get(0))).isEqualTo(taken);
            List<String> stored = fixture.contentText().lines().toList();
            assertThat(stored).containsAll(WritingCollector.acknowledged(collector.log()));
            // Twice only what was under way when it froze, and only where it had been flushed.
            assertThat(stored.size() - new TreeSet<>(stored).size()).isLessThanOrEqualTo(WritingCollector.UNDER_WAY);
            assertThat(Files.readString(collector.log())).contains("was closed and renamed by another collector");
        }
    }

    private JavaProcess startCollector() {
        return JavaProcess.start(
                "collector-2",
                List.of("-Xmx128m"),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                WritingCollector.class.getName(),
                List.of("collector-2", fixture.root.toString(), NO_ROLLS + ", hadoop { dfs.replication = 1 }"),
                state.resolve(fixture.root.getName() + ".log"));
    }

    private static void awaitAcknowledged(JavaProcess collector, int lines) {
        await().atMost(LONG)
                .until(() -> WritingCollector.acknowledged(collector.log()).size() >= lines);
    }

    @Test
    void shouldSayWhetherItCanStore(TestInfo test) throws IOException {
        open(test, "/%Y", NO_ROLLS + ", probe-timeout = 300 ms");
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(StoreFixture.join(fixture.store.probe())).isNotNull());

        server.freeze();
        try {
            assertThatThrownBy(() -> StoreFixture.join(fixture.store.probe()))
                    .hasMessageContaining(fixture.root + " cannot be written to: no answer within 300 ms");
        } finally {
            server.thaw();
        }
    }

    /** The NameNode takes the DataNode for alive all the time. */
    @Test
    void shouldSayThatNoDataNodeServes(TestInfo test) throws IOException {
        open(test, "/%Y", NO_ROLLS);
        assertThat(StoreFixture.join(fixture.store.probe())).isNotNull();
        server.stopDataNode();
        try {
            assertThatThrownBy(() -> StoreFixture.join(fixture.store.probe()))
                    .hasMessageContaining(fixture.root + " cannot be written to: ");
        } finally {
            server.startDataNode();
        }

        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(StoreFixture.join(fixture.store.probe())).isNotNull());
        assertThat(fixture.names()).as("among the events").isEmpty();
    }

    @Test
    void shouldSayThatNobodyAnswers(TestInfo test) throws IOException {
        open(test, "/%Y", NO_ROLLS);
        int unused = org.millrace.trial.FreePorts.take(1).get(0);
        String nowhere = "hdfs://127.0.0.1:" + unused;
        HdfsStore store = HdfsStore.create(
                StoreFixture.settings("path = \"" + nowhere + "/logs\""),
                "collector-1",
                fixture.deadLetters,
                fixture.telemetry,
                InstantSource.system(),
                kit.system());

        assertThatThrownBy(() -> StoreFixture.join(store.probe()))
                .hasMessageContaining(nowhere + "/logs cannot be written to: ")
                .hasMessageContaining("Connection refused");
        StoreFixture.join(store.close());
    }

    @Test
    void shouldReadTheClustersSiteFiles(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS);
        // Only the site files know the NameNode of hdfs:///, and that replication is 1.
        assertReaches("hdfs://", server.configuration());
    }

    /** The first of the two NameNodes is away. */
    @Test
    void shouldFindTheNameNodeOfANameService(TestInfo test, @TempDir Path conf) throws IOException {
        open(test, "/", NO_ROLLS);
        Map<String, String> site = Map.of(
                "dfs.nameservices",
                "logs",
                "dfs.ha.namenodes.logs",
                "nn1,nn2",
                "dfs.namenode.rpc-address.logs.nn1",
                "127.0.0.1:" + FreePorts.take(1).get(0),
                "dfs.namenode.rpc-address.logs.nn2",
                server.uri().getAuthority(),
                "dfs.client.failover.proxy.provider.logs",
                ConfiguredFailoverProxyProvider.class.getName());
        StringBuilder xml = new StringBuilder("<configuration>");
        site.forEach((name, value) ->
                xml.append("<property><name>" + name + "</name>").append("<value>" + value + "</value></property>"));
        Files.writeString(conf.resolve("hdfs-site.xml"), xml.append("</configuration>"));
        assertReaches("hdfs://logs", conf);
    }

    /** A store that is configured so makes its directory where the fixture's reader finds it. */
    private void assertReaches(String fileSystem, Path hadoopConf) throws IOException {
        HdfsSettings settings = StoreFixture.settings(
                "path = \"" + fileSystem + fixture.root.toUri().getPath() + "\"," + NO_ROLLS
                        + ", hadoop-conf-directories = [\"" + hadoopConf + "\"]");
        HdfsStore store = HdfsStore.create(
                settings, "collector-1", fixture.deadLetters, fixture.telemetry, fixture.clock, kit.system());
        assertThat(fixture.reader.exists(fixture.root)).isFalse();
        StoreFixture.join(store.probe());
        assertThat(fixture.reader.exists(fixture.root)).isTrue();
        StoreFixture.join(store.close());
    }

    @Test
    void shouldKeepNothingOpenWhenItIsClosedUnderAFlow(TestInfo test) throws IOException {
        open(test, "/", NO_ROLLS);
        StoreFixture.Run run = fixture.run();
        fixture.put(Batches.of("s", "kept"));
        fixture.awaitAllCommitted();
        StoreFixture.join(fixture.store.close());

        assertThat(fixture.names()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
        fixture.put(Batches.of("s", "refused"));
        assertThatThrownBy(() -> StoreFixture.join(run.end())).hasMessageContaining("sink archive is closed");
        assertThat(fixture.contentText()).isEqualTo("kept\n");
        assertThat(Arrays.asList(fixture.count("files.opened"), fixture.count("files.closed")))
                .containsExactly(1.0, 1.0);
    }
}
