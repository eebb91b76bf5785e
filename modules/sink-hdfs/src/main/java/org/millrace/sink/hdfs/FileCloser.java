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
    private static final Set<Path> IN_USE_HERE = ConcurrentHashMap.newKeySet();

    /** What a search for one node's files has come to. Guarded by the closer's lock. */
    private static final class Recovery {
        private final CompletableFuture<Integer> result = new CompletableFuture<>();
        private boolean searched;
        private int open;
        private int recovered;
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
    private boolean ended;
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
        return IN_USE_HERE.add(inUse);
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
            if (file.close(client.fileSystem()) == UnclosedFile.Progress.PENDING) {
                closeLater(file);
            } else {
                finished(new Task(file, null), true);
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
            release(file.path());
            return;
        }
        if (tasks.size() < MOST_REMEMBERED) {
            tasks.add(new Task(file, null));
        } else {
            release(file.path());
            recoveries.putIfAbsent(nodeName, new Recovery());
        }
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
        Recovery recovery = recoveries.computeIfAbsent(node, name -> new Recovery());
        schedule(Duration.ZERO);
        return recovery.result;
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
            for (Map.Entry<String, Recovery> recovery : unsearched()) {
                search(recovery.getKey(), recovery.getValue());
            }
            for (Task task : snapshot()) {
                carryOn(task);
            }
        } finally {
            endWork();
        }
    }

    private synchronized void endWork() {
        working = false;
        boolean searching = recoveries.values().stream().anyMatch(recovery -> !recovery.searched);
        if (searching || !tasks.isEmpty()) {
            rounds++;
            schedule(PAUSES.pauseAfter(rounds));
        } else {
            rounds = 0;
        }
    }

    private synchronized List<Map.Entry<String, Recovery>> unsearched() {
        return recoveries.entrySet().stream()
                .filter(recovery -> !recovery.getValue().searched)
                .map(recovery -> Map.entry(recovery.getKey(), recovery.getValue()))
                .toList();
    }

    private synchronized List<Task> snapshot() {
        return ended ? List.of() : new ArrayList<>(tasks);
    }

    private void search(String node, Recovery recovery) {
        try {
            FileNames ofNode = names.of(node);
            List<Path> found = search.inUse(client.fileSystem(), ofNode);
            synchronized (this) {
                for (Path file : found) {
                    if (claim(file)) {
                        tasks.add(new Task(UnclosedFile.leftBehind(file, ofNode, counter), recovery));
                        recovery.open++;
                    }
                }
                recovery.searched = true;
                settle(node, recovery);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "sink {}: cannot look for files that {} left in use, will try again: {}",
                    sink,
                    node,
                    HdfsStore.message(e));
        }
    }

    private void carryOn(Task task) {
        try {
            if (task.recovery() == null) {
                retries.increment();
            }
            UnclosedFile.Progress progress = task.file().close(client.fileSystem());
            if (progress != UnclosedFile.Progress.PENDING) {
                finished(task, progress == UnclosedFile.Progress.RENAMED);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "sink {}: cannot close {} yet, will try again: {}",
                    sink,
                    task.file().path(),
                    HdfsStore.message(e));
        }
    }

    private synchronized void finished(Task task, boolean renamed) {
        release(task.file().path());
        tasks.remove(task);
        Recovery recovery = task.recovery();
        if (recovery == null) {
            closed.increment();
            return;
        }
        if (renamed) {
            recovered.increment();
            recovery.recovered++;
        }
        LOG.info(
                "sink {}: {} {}, which was left in use",
                sink,
                renamed ? "closed and renamed" : "deleted the empty",
                task.file().path());
        recovery.open--;
        recoveries.entrySet().stream()
                .filter(entry -> entry.getValue() == recovery)
                .findFirst()
                .ifPresent(entry -> settle(entry.getKey(), recovery));
    }

    private void settle(String node, Recovery recovery) {
        if (recovery.searched && recovery.open == 0) {
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
