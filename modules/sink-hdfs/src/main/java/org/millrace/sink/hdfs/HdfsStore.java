package org.millrace.sink.hdfs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;
import org.millrace.sink.DeadLetters;
import org.millrace.sink.Store;
import org.millrace.telemetry.Telemetry;
import scala.concurrent.ExecutionContextExecutor;

/**
 * Stores events in files of HDFS, or of any other file system that Hadoop's client knows and that
 * can flush.
 *
 * <p><b>Stored</b> means written to a file and flushed ({@link HdfsSettings.Sync}). A reader sees it
 * from then on, in a file that has the in-use suffix until it is closed.
 *
 * <p><b>After a failure</b> what was written and not emitted comes again through the next flow. The
 * files of the failed one are cut back to what was emitted, so it is not there twice. There are
 * duplicates when the process dies between a flush and the end of the transaction, and on file
 * systems that cannot cut.
 *
 * <p><b>Files left in use</b> by an earlier process of this node are closed and renamed in the
 * background when the first flow starts, tried again until it is done.
 *
 * <p>One store has one Hadoop client of its own. Close the store after its last flow; the end of the
 * actor system closes it too.
 */
public final class HdfsStore implements Store {
    private static final String DISPATCHER = "millrace.sink.hdfs.dispatcher";

    private final HdfsSettings settings;
    private final String nodeName;
    private final DeadLetters deadLetters;
    private final Telemetry.Part meters;
    private final InstantSource clock;
    private final ExecutionContextExecutor blocking;
    private final HadoopClient client;
    private final FileNames names;
    private final EscapedText directory;
    private final EscapedText prefix;
    private final FileCloser closer;
    private final BlockProbe blocks;
    /** Tells files of one millisecond apart. */
    private final AtomicLong files = new AtomicLong();

    private final Cancellable closeAtShutdown;
    private CompletableFuture<Done> probe = CompletableFuture.completedFuture(Done.done());
    private CompletableFuture<Done> closed;
    /** Those of the flow that runs, or ran last. */
    private FileSet latest;

    private HdfsStore(
            HdfsSettings settings,
            String nodeName,
            DeadLetters deadLetters,
            Telemetry telemetry,
            InstantSource clock,
            ActorSystem<?> system) {
        this.settings = settings;
        this.nodeName = nodeName;
        this.deadLetters = deadLetters;
        this.meters = telemetry.part("sink", settings.sink().name());
        this.clock = clock;
        this.blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
        this.client = new HadoopClient(settings);
        this.names = new FileNames(nodeName, settings.fileSuffix(), settings.inUseSuffix());
        this.directory = EscapedText.parse(settings.directory(), HdfsStore::host);
        this.prefix = EscapedText.parse(settings.filePrefix(), HdfsStore::host);
        this.closer = new FileCloser(
                settings.sink().name(),
                nodeName,
                client,
                names,
                new FileSearch(directory),
                files::incrementAndGet,
                system.scheduler(),
                blocking,
                meters);
        this.blocks = new BlockProbe(nodeName, settings.sink().name());
        Supplier<CompletionStage<Done>> close = this::close;
        this.closeAtShutdown = CoordinatedShutdown.get(system)
                .addCancellableTask(
                        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                        "close-hdfs-sink-" + settings.sink().name(),
                        close);
    }

    /**
     * A store that has not touched the file system yet.
     *
     * @param nodeName this collector's name, unique in the cluster and the same after a restart:
     *     it is a part of every file's name
     */
    public static HdfsStore create(
            HdfsSettings settings,
            String nodeName,
            DeadLetters deadLetters,
            Telemetry telemetry,
            InstantSource clock,
            ActorSystem<?> system) {
        return new HdfsStore(settings, nodeName, deadLetters, telemetry, clock, system);
    }

    /**
     * Makes a client as a store does, and lets it go: the first one in a JVM takes most of a second. Asks nothing
     * of the file system; blocks.
     *
     * @throws IOException when there can be no client
     */
    public static void rehearse(HdfsSettings settings) throws IOException {
        try (HadoopClient client = new HadoopClient(settings)) {
            client.fileSystem();
        }
    }

    /** {@inheritDoc} Makes the fixed part of the path; that also fails in safe mode. Reads from a DataNode. */
    @Override
    public synchronized CompletionStage<Done> probe() {
        // A probe that hangs is not joined by more and more others.
        if (probe.isDone()) {
            probe = CompletableFuture.supplyAsync(this::ask, blocking);
        }
        return probe.copy()
                .orTimeout(settings.probeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(new IOException(
                        settings.fileSystem() + directory.base() + " cannot be written to: " + explain(e), cause(e))));
    }

    private Done ask() {
        try {
            FileSystem fileSystem = client.fileSystem();
            if (!fileSystem.mkdirs(new Path(directory.base()))) {
                throw new IOException("the directory cannot be made");
            }
            if (fileSystem instanceof LeaseRecoverable) {
                if (fileSystem.getStatus().getRemaining() == 0) {
                    throw new IOException("no DataNode with room for a block is there");
                }
                blocks.run(fileSystem);
            }
            return Done.done();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private String explain(Throwable failure) {
        return cause(failure) instanceof TimeoutException
                ? "no answer within " + settings.probeTimeout().toMillis() + " ms"
                : message(failure);
    }

    /** {@inheritDoc} The first one also starts the recovery of this node's files. */
    @Override
    public Flow<Transaction, Transaction, NotUsed> flow() {
        return Flow.fromGraph(new HdfsStage(this::begin, settings.maxFlushBytes(), clock, blocking));
    }

    private synchronized FileSet begin() {
        if (latest == null) {
            recover(nodeName);
        }
        latest = new FileSet(
                settings,
                client,
                names,
                closer,
                files::incrementAndGet,
                new BucketChooser(
                        directory,
                        prefix,
                        settings.timeZone(),
                        new RoundDown(settings.roundDown()),
                        settings.timestamp() == HdfsSettings.Timestamp.HEADER,
                        names.longestPrefix()),
                deadLetters,
                clock,
                meters);
        return latest;
    }

    /**
     * {@inheritDoc} Closes and renames the files that the node has in use under this store's path; other
     * stores may recover the same. Files that this process has open are left alone. Of a node that is
     * alive after all, the open files are taken away: its writes to them fail, and go to new files.
     *
     * <p>Only HDFS can take a file away, by its lease. On any other file system a writer that is alive
     * would go on with a file that nobody sees any more, so another node's files stay as they are.
     *
     * @return the number of files that got their final names
     */
    @Override
    public CompletionStage<Integer> recover(String node) {
        return closer.recover(node);
    }

    /**
     * Closes the files and the Hadoop client; a flow that runs will fail. Never blocks the caller.
     * Does nothing the second time.
     */
    public synchronized CompletionStage<Done> close() {
        if (closed == null) {
            FileSet last = latest;
            closed = CompletableFuture.supplyAsync(() -> close(last), blocking);
            closeAtShutdown.cancel();
        }
        return closed;
    }

    private Done close(FileSet last) {
        try (client) {
            // First, so that the next store of this process takes what cannot be closed here.
            closer.close();
            if (last != null) {
                last.close();
            }
            return Done.done();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** What to tell a person about a failure: its first line, for Hadoop adds the server's stack trace. */
    static String message(Throwable failure) {
        Throwable cause = cause(failure);
        String text = cause.getMessage() == null ? "" : cause.getMessage();
        return text.lines().findFirst().orElse(cause.getClass().getSimpleName());
    }

    /** What a job threw, without the wrapping that a future adds. */
    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static String host(String what) {
        try {
            InetAddress local = InetAddress.getLocalHost();
            return switch (what) {
                case "IP" -> local.getHostAddress();
                case "FQDN" -> local.getCanonicalHostName();
                default -> local.getHostName();
            };
        } catch (UnknownHostException e) {
            throw new IllegalStateException("%[" + what + "] in the path: this host does not know its name", e);
        }
    }
}
