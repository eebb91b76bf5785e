package org.millrace.sink.hdfs;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.Scheduler;
import org.millrace.sink.RetryPolicy;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;

/**
 * Brings files to their final names: those that were open, at once or, where that fails, in the
 * background with growing pauses; and those that a dead writer left in use. What it does not get to
 * before the process ends is found at the next start.
 *
 * <p>Thread-safe. {@link #close(UnclosedFile)} blocks; the rest does not.
 */
final class FileCloser implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileCloser.class);
    private static final RetryPolicy PAUSES = new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** More files than this are not remembered one by one; a search finds them again. */
    private static final int MOST_REMEMBERED = 1000;

    /**
     * The files that this process has open or is about to close, of all its stores: a recovery must
     * not touch them, be it another store's.
     */
    private static final Map<Path, FileCloser> IN_USE_HERE = new ConcurrentHashMap<>();

    /** What a search for one node's files has come to. Guarded by the closer's lock. */
    private static final class Recovery {
        private final CompletableFuture<Integer> result = new CompletableFuture<>();
        /** Searches that were asked for, and the last one that all files were found of which were there then. */
        private int wanted;

        private int searched;
        private int open;
        private int recovered;

        private boolean isSearched() {
            return searched == wanted;
        }
    }

    /** A file to be closed in the background; {@code recovery} is null for our own. */
    private record Task(UnclosedFile file, Recovery recovery) {}

    private final String sink;
    private final String nodeName;
    private final HadoopClient client;
    private final FileNames names;
    private final FileSearch search;
    private final LongSupplier counter;
    private final Scheduler scheduler;
    private final ExecutionContext blocking;
    private final Counter closed;
    private final Counter recovered;
    private final Counter retries;

    private final Map<String, Recovery> recoveries = new LinkedHashMap<>();
    private final Set<Task> tasks = new LinkedHashSet<>();
    private Cancellable timer = Cancellable.alreadyCancelled();
    private boolean working;
    /** Also read by closers of other stores. */
    private volatile boolean ended;

    private int rounds;

    /** @param counter gives the next number for a name that is taken */
    FileCloser(
            String sink,
            String nodeName,
            HadoopClient client,
            FileNames names,
            FileSearch search,
            LongSupplier counter,
            Scheduler scheduler,
            ExecutionContext blocking,
            Telemetry.Part meters) {
        this.sink = sink;
        this.nodeName = nodeName;
        this.client = client;
        this.names = names;
        this.search = search;
        this.counter = counter;
        this.scheduler = scheduler;
        this.blocking = blocking;
        this.closed = meters.counter("files.closed");
        this.recovered = meters.counter("files.recovered");
        this.retries = meters.counter("close.retries");
        meters.gauge("unclosed.files", this::remembered);
    }

    /** Notes that a file is being made, or false where there is one of that name in this process. */
    boolean claim(Path inUse) {
        return IN_USE_HERE.putIfAbsent(inUse, this) == null;
    }

    /** Takes {@link #claim} back: the file was not made. */
    void release(Path inUse) {
        IN_USE_HERE.remove(inUse);
    }

    /**
     * Closes and renames a file; where it does not get to the end, it goes on in the background.
     *
     * @return whether the file system answered
     */
    boolean close(UnclosedFile file) {
        try {
            UnclosedFile.Progress progress = file.close(client.fileSystem());
            if (progress == UnclosedFile.Progress.PENDING) {
                closeLater(file);
            } else {
                finished(new Task(file, null), progress);
            }
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("sink {}: cannot close {} yet: {}", sink, file.path(), HdfsStore.message(e));
            closeLater(file);
            return false;
        }
    }

    /** Closes and renames a file in the background. */
    synchronized void closeLater(UnclosedFile file) {
        if (ended) {
            LOG.warn("sink {}: {} stays in use until the next start recovers it", sink, file.path());
            release(file.path());
        } else if (tasks.size() < MOST_REMEMBERED) {
            tasks.add(new Task(file, null));
            begin();
        } else {
            release(file.path());
            lookAgain();
        }
    }

    /** Looks, in the background, for files of ours that nobody here knows of any more. */
    synchronized void lookAgain() {
        if (!ended) {
            want(nodeName);
            begin();
        }
    }

    /** Does not wait out a long pause: the file system has just been seen to work. */
    synchronized void tryAgainSoon() {
        if (rounds > 1) {
            begin();
        }
    }

    private void begin() {
        rounds = 0;
        schedule(PAUSES.pauseAfter(1));
    }

    /**
     * Closes and renames, in the background, what a node has left in use.
     *
     * @return the number of files that got their final names, once there is none left
     */
    synchronized CompletionStage<Integer> recover(String node) {
        if (ended) {
            return CompletableFuture.failedFuture(new IllegalStateException("sink " + sink + " is closed"));
        }
        Recovery recovery = want(node);
        schedule(Duration.ZERO);
        return recovery.result;
    }

    /** Also where files of that node wait to be closed, or are just being looked for: there may be more by now. */
    private Recovery want(String node) {
        Recovery recovery = recoveries.computeIfAbsent(node, name -> new Recovery());
        recovery.wanted++;
        return recovery;
    }

    private void schedule(Duration pause) {
        if (!ended && !working) {
            timer.cancel();
            timer = scheduler.scheduleOnce(pause, this::work, blocking);
        }
    }

    private synchronized boolean beginWork() {
        boolean begins = !working && !ended;
        working |= begins;
        return begins;
    }

    private void work() {
        if (!beginWork()) {
            return;
        }
        try {
            search();
            closeRemembered();
        } finally {
            endWork();
        }
    }

    private void search() {
        for (Map.Entry<String, Recovery> recovery : unsearched()) {
            try {
                search(recovery.getKey(), recovery.getValue());
            } catch (IOException | RuntimeException e) {
                LOG.warn(
                        "sink {}: cannot look yet for files that {} left in use: {}",
                        sink,
                        recovery.getKey(),
                        HdfsStore.message(e));
            }
        }
    }

    /** Goes on until something fails: then the next is likely to fail too, after a while each. */
    private void closeRemembered() {
        for (Task task : snapshot()) {
            try {
                toTheEnd(task);
                carryOn(task);
            } catch (IOException | RuntimeException e) {
                LOG.warn(
                        "sink {}: cannot close {} yet, one of {} that wait for it: {}",
                        sink,
                        task.file().path(),
                        remembered(),
                        HdfsStore.message(e));
                return;
            }
        }
    }

    /** So that a file that cannot be closed does not stand in the way of the others. */
    private synchronized void toTheEnd(Task task) {
        if (tasks.remove(task)) {
            tasks.add(task);
        }
    }

    private synchronized void endWork() {
        working = false;
        boolean searching = recoveries.values().stream().anyMatch(recovery -> !recovery.isSearched());
        if (searching || !tasks.isEmpty()) {
            rounds++;
            schedule(PAUSES.pauseAfter(rounds));
        } else {
            rounds = 0;
        }
    }

    private synchronized List<Map.Entry<String, Recovery>> unsearched() {
        return recoveries.entrySet().stream()
                .filter(recovery -> !recovery.getValue().isSearched())
                .map(recovery -> Map.entry(recovery.getKey(), recovery.getValue()))
                .toList();
    }

    private synchronized List<Task> snapshot() {
        return ended ? List.of() : new ArrayList<>(tasks);
    }

    private void search(String node, Recovery recovery) throws IOException {
        FileNames ofNode = names.of(node);
        int wanted = wanted(recovery);
        List<Path> found = mayTake(node) ? search.inUse(client.fileSystem(), ofNode) : List.of();
        synchronized (this) {
            boolean held = false;
            for (Path file : found) {
                if (claim(file)) {
                    tasks.add(new Task(UnclosedFile.leftBehind(file, ofNode, counter), recovery));
                    recovery.open++;
                } else {
                    held |= isHeldByTheEnded(file);
                }
            }
            // Whether that one closes its file is not known before it lets go of it.
            recovery.searched = held ? recovery.searched : wanted;
            settle(node, recovery);
        }
    }

    /** By a store of an earlier actor system of this process, whose call of the file system still hangs. */
    private static boolean isHeldByTheEnded(Path file) {
        FileCloser holder = IN_USE_HERE.get(file);
        return holder == null || holder.ended;
    }

    private synchronized int wanted(Recovery recovery) {
        return recovery.wanted;
    }

    /**
     * Whether a node's files can be taken even if it is alive after all: a file system without leases
     * would let it write on, into a file that was deleted as empty, say. Our own earlier life is over.
     */
    private boolean mayTake(String node) throws IOException {
        boolean safe = node.equals(nodeName) || client.fileSystem() instanceof LeaseRecoverable;
        if (!safe) {
            LOG.info("sink {}: files of {} are left to itself, as this file system has no leases", sink, node);
        }
        return safe;
    }

    private void carryOn(Task task) throws IOException {
        if (task.recovery() == null) {
            retries.increment();
        }
        UnclosedFile.Progress progress = task.file().close(client.fileSystem());
        if (progress != UnclosedFile.Progress.PENDING) {
            finished(task, progress);
        }
    }

    private synchronized void finished(Task task, UnclosedFile.Progress end) {
        release(task.file().path());
        tasks.remove(task);
        Recovery recovery = task.recovery();
        if (recovery == null) {
            closed.increment();
            return;
        }
        if (end == UnclosedFile.Progress.RENAMED) {
            recovered.increment();
            recovery.recovered++;
        }
        LOG.info(
                "sink {}: {} {}, which was left in use",
                sink,
                switch (end) {
                    case RENAMED -> "closed and renamed";
                    case DELETED -> "deleted the empty";
                    default -> "left to others, who were quicker,";
                },
                task.file().path());
        recovery.open--;
        recoveries.entrySet().stream()
                .filter(entry -> entry.getValue() == recovery)
                .findFirst()
                .ifPresent(entry -> settle(entry.getKey(), recovery));
    }

    private void settle(String node, Recovery recovery) {
        if (recovery.isSearched() && recovery.open == 0) {
            recoveries.remove(node);
            recovery.result.complete(recovery.recovered);
        }
    }

    private synchronized int remembered() {
        return tasks.size();
    }

    /** Stops working in the background. Files not closed by then are found at the next start. */
    @Override
    public synchronized void close() {
        ended = true;
        timer.cancel();
        if (!tasks.isEmpty()) {
            LOG.warn("sink {}: {} files stay in use until the next start recovers them", sink, tasks.size());
        }
        tasks.forEach(task -> release(task.file().path()));
        tasks.clear();
        recoveries
                .values()
                .forEach(recovery -> recovery.result.completeExceptionally(
                        new IllegalStateException("sink " + sink + " was closed before all files were recovered")));
        recoveries.clear();
    }
}
