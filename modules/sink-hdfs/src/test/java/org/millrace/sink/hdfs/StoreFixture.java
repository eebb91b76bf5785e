package org.millrace.sink.hdfs;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.ChannelSource;
import org.millrace.channel.Transaction;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.telemetry.Telemetry;

/**
 * A store with a real channel before it, and a second client that reads what is in its files.
 * Transactions are committed as soon as the store emits them.
 */
final class StoreFixture implements AutoCloseable {
    static final String NODE = "collector-1";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern NUMBERS = Pattern.compile("\\.(\\d+)-(\\d+)[^/]*$");

    final ManualClock clock = new ManualClock();
    final RecordedDeadLetters deadLetters = new RecordedDeadLetters();
    final Telemetry telemetry = Telemetry.inMemory();
    final HdfsStore store;
    final FileSystem reader;
    final Path root;

    private final ActorTestKit kit;
    private final ActorRef<Channel.Command> channel;
    private final TestProbe<Channel.PutReply> putter;
    private long puts;
    private long accepted;
    private long committed;
    private Consumer<Transaction> onEmitted = transaction -> {};

    /** A stream that runs: how to stop it, and how it ends. */
    record Run(SharedKillSwitch stop, CompletionStage<Done> end) {
        /** Lets the store finish what it has. */
        void finish() {
            stop.shutdown();
            join(end);
        }
    }

    /**
     * @param root an own directory, with scheme and authority
     * @param path where the files go below it, with escapes
     * @param config further keys of the sink's section
     */
    StoreFixture(ActorTestKit kit, String root, String path, String config) throws IOException {
        this(kit, NODE, root, path, config, null);
    }

    /** As above, with another clock than the manual one. */
    StoreFixture(ActorTestKit kit, String root, String path, String config, InstantSource otherClock)
            throws IOException {
        this(kit, NODE, root, path, config, otherClock);
    }

    /** As above, for another node. */
    StoreFixture(ActorTestKit kit, String node, String root, String path, String config, InstantSource otherClock)
            throws IOException {
        this.kit = kit;
        this.root = new Path(root);
        HdfsSettings settings = settings("path = \"" + root + path + "\", time-zone = UTC, " + config);
        this.store = HdfsStore.create(
                settings, node, deadLetters, telemetry, otherClock == null ? clock : otherClock, kit.system());
        Configuration reading = new Configuration();
        reading.set("fs.file.impl", RawLocalFileSystem.class.getName());
        this.reader = FileSystem.newInstance(this.root.toUri(), reading);
        this.channel = kit.spawn(
                Channel.create(new ChannelSettings("hdfs", 1_000_000, 256 << 20), telemetry), Channel.props());
        this.putter = kit.createTestProbe();
    }

    static HdfsSettings settings(String section) {
        Config config = ConfigFactory.parseString("sinks.archive { type = hdfs, channel = hdfs, " + section + "}");
        ConfigProblems problems = new ConfigProblems();
        HdfsSettings settings =
                HdfsSettings.from(ConfigSection.of(config, "sinks.archive", problems), ConfigFactory.load());
        problems.throwIfAny();
        return settings;
    }

    /** Called with each transaction before it is committed, on the stream's thread. */
    void onEmitted(Consumer<Transaction> look) {
        onEmitted = look;
    }

    /** Puts batches into the channel, each when the one before is in it. */
    void put(EventBatch... batches) {
        for (EventBatch batch : batches) {
            puts++;
            channel.tell(new Channel.Put(puts, batch, putter.getRef()));
            while (accepted < puts) {
                hear(batch);
            }
        }
    }

    private void hear(EventBatch offered) {
        Channel.PutReply reply = putter.receiveMessage(PATIENCE);
        if (reply instanceof Channel.Accepted) {
            accepted++;
        } else if (reply instanceof Channel.Committed) {
            committed++;
        } else if (reply instanceof Channel.RoomAgain) {
            channel.tell(new Channel.Put(puts, offered, putter.getRef()));
        }
    }

    /** Runs the store's flow once. */
    Run run() {
        SharedKillSwitch stop = KillSwitches.shared("stop");
        return new Run(stop, transactions(stop).runWith(Sink.ignore(), kit.system()));
    }

    /** Runs the store's flow again and again when it fails, as a sink does. */
    Run runForever() {
        SharedKillSwitch stop = KillSwitches.shared("stop");
        RestartSettings restarts = RestartSettings.create(Duration.ofMillis(100), Duration.ofSeconds(1), 0);
        Source<Transaction, NotUsed> forever = RestartSource.onFailuresWithBackoff(restarts, () -> transactions(stop));
        return new Run(stop, forever.runWith(Sink.ignore(), kit.system()));
    }

    private Source<Transaction, NotUsed> transactions(SharedKillSwitch stop) {
        return ChannelSource.create(channel, 64)
                .mapMaterializedValue(ended -> NotUsed.getInstance())
                .via(stop.flow())
                .via(store.flow())
                .map(transaction -> {
                    onEmitted.accept(transaction);
                    transaction.commit();
                    return transaction;
                });
    }

    /** Runs the store's flow with exactly so many transactions, and commits none. */
    <T> T runInto(Sink<Transaction, CompletionStage<T>> sink, int transactions) {
        return join(ChannelSource.create(channel, 64)
                .take(transactions)
                .via(store.flow())
                .runWith(sink, kit.system()));
    }

    static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(90, TimeUnit.SECONDS).join();
    }

    /** Waits until every batch that was put is committed. */
    void awaitAllCommitted() {
        awaitCommitted(puts);
    }

    /** Waits until so many batches are committed, of all that were put. */
    void awaitCommitted(long batches) {
        while (committed < batches) {
            hear(null);
        }
    }

    double count(String meter) {
        return telemetry.registry().get("millrace.sink." + meter).counter().count();
    }

    double gauge(String meter) {
        return telemetry.registry().get("millrace.sink." + meter).gauge().value();
    }

    /** Every file below the root, in the order in which they were opened. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            collect(root, files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(Comparator.<Path>comparingLong(file -> number(file, 1)).thenComparingLong(file -> number(file, 2)));
        return files;
    }

    private void collect(Path directory, List<Path> files) throws IOException {
        FileStatus[] entries;
        try {
            entries = reader.listStatus(directory);
        } catch (FileNotFoundException none) {
            return;
        }
        for (FileStatus entry : entries) {
            if (entry.isDirectory()) {
                collect(entry.getPath(), files);
            } else {
                files.add(entry.getPath());
            }
        }
    }

    private static long number(Path file, int group) {
        Matcher numbers = NUMBERS.matcher(file.getName());
        return numbers.find() ? Long.parseLong(numbers.group(group)) : 0;
    }

    List<String> names() {
        return files().stream().map(Path::getName).toList();
    }

    void awaitNoneInUse() {
        await().atMost(Duration.ofSeconds(60)).until(() -> names().stream().noneMatch(name -> name.endsWith(".tmp")));
    }

    byte[] bytes(Path file) {
        try (InputStream in = reader.open(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    /** What all the files have, one behind the other, in the order in which they were opened. */
    byte[] content() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        files().forEach(file -> all.writeBytes(bytes(file)));
        return all.toByteArray();
    }

    String contentText() {
        return new String(content(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        join(store.close());
        reader.close();
        if (!kit.system().getWhenTerminated().toCompletableFuture().isDone()) {
            kit.stop(channel);
        }
    }
}
