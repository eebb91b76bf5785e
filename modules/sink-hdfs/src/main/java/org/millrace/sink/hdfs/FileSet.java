package org.millrace.sink.hdfs;

import io.micrometer.core.instrument.Counter;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.sink.DeadLetters;
import org.millrace.telemetry.Telemetry;

/**
 * The open files of one run of a store, and what is written to them. A group of batches is written,
 * every file that it touched is flushed, and then the group is stored; nothing in between counts.
 *
 * <p>A file whose time has come is <em>retired</em>: nothing more is written to it, and it is closed
 * after the group, so that it can still be cut back if the group fails.
 *
 * <p>All methods but {@link #dueAt()} block. The lock makes it safe to close the set from outside,
 * at the end of the process; its stage calls one method at a time anyway.
 */
final class FileSet {
    private final HdfsSettings settings;
    private final HadoopClient client;
    private final FileNames names;
    private final FileCloser closer;
    private final LongSupplier counter;
    private final BucketChooser chooser;
    private final DeadLetters deadLetters;
    private final InstantSource clock;
    private final Counter writtenEvents;
    private final Counter writtenBytes;
    private final Counter flushes;
    private final Counter filesOpened;

    /** Mostly one file a bucket: more only while a long line of one source is unfinished. */
    private final Map<Bucket, List<OpenFile>> open = new HashMap<>();
    /** The same files, the one that was not written to for the longest time first. */
    private final LinkedHashSet<OpenFile> byUse = new LinkedHashSet<>();

    private final Deque<OpenFile> retired = new ArrayDeque<>();
    /** Written to since the last flush. */
    private final LinkedHashSet<OpenFile> touched = new LinkedHashSet<>();

    private final List<Unstorable> unstorable = new ArrayList<>();
    private volatile Instant dueAt = Instant.MAX;
    private volatile int openCount;
    /** Whether a group was stored. */
    private boolean works;

    private boolean closed;

    private record Unstorable(EventBatch batch, int index, UnstorableException why) {}

    FileSet(
            HdfsSettings settings,
            HadoopClient client,
            FileNames names,
            FileCloser closer,
            LongSupplier counter,
            BucketChooser chooser,
            DeadLetters deadLetters,
            InstantSource clock,
            Telemetry.Part meters) {
        this.settings = settings;
        this.client = client;
        this.names = names;
        this.closer = closer;
        this.counter = counter;
        this.chooser = chooser;
        this.deadLetters = deadLetters;
        this.clock = clock;
        this.writtenEvents = meters.counter("written.events");
        this.writtenBytes = meters.counter("written.bytes");
        this.flushes = meters.counter("flushes");
        this.filesOpened = meters.counter("files.opened");
        meters.gauge("open.files", () -> openCount);
    }

    /**
     * Stores batches. When it returns, every event is flushed to its file or recorded as a dead
     * letter. When it throws, none counts as stored, and the set is of no further use: close it.
     */
    synchronized void store(List<EventBatch> batches) throws IOException {
        if (closed) {
            throw new IOException("sink " + settings.sink().name() + " is closed");
        }
        Instant now = clock.instant();
        for (EventBatch batch : batches) {
            write(batch, now);
        }
        flush();
        summarize();
        if (!works) {
            works = true;
            closer.tryAgainSoon();
        }
    }

    private void write(EventBatch batch, Instant now) throws IOException {
        int from = 0;
        while (from < batch.size()) {
            int to = chooser.endOfRun(batch, from);
            try {
                write(chooser.choose(batch, from, now), batch, from, to, now);
            } catch (UnstorableException e) {
                for (int i = from; i < to; i++) {
                    unstorable.add(new Unstorable(batch, i, e));
                }
            }
            from = to;
        }
    }

    private void write(Bucket bucket, EventBatch batch, int first, int to, Instant now) throws IOException {
        int from = first;
        while (from < to) {
            OpenFile file = fileFor(bucket, batch.source(), now);
            int count = settings.roll().room(file.state(), to - from);
            file.write(batch, from, from + count, now);
            touched.add(file);
            writtenEvents.increment(count);
            from += count;
            if (settings.roll().decide(file.state(), now) != RollPolicy.Reason.NOT_YET) {
                retire(file);
            } else {
                byUse.remove(file);
                byUse.add(file);
            }
        }
    }

    private OpenFile fileFor(Bucket bucket, SourceId source, Instant now) throws IOException {
        for (OpenFile file : open.getOrDefault(bucket, List.of())) {
            if (file.takes(source)) {
                return file;
            }
        }
        if (byUse.size() >= settings.maxOpenFiles()) {
            retire(byUse.iterator().next());
        }
        OpenFile file = create(bucket, now);
        open.computeIfAbsent(bucket, key -> new ArrayList<>(1)).add(file);
        byUse.add(file);
        summarize();
        return file;
    }

    private OpenFile create(Bucket bucket, Instant now) throws IOException {
        FileSystem fileSystem = client.fileSystem();
        Path directory = fileSystem.makeQualified(new Path(null, null, bucket.directory()));
        while (true) {
            String name = names.closed(bucket.prefix(), now.toEpochMilli(), counter.getAsLong());
            Path path = new Path(directory, names.inUse(name));
            if (!closer.claim(path)) {
                continue;
            }
            try {
                FSDataOutputStream out = fileSystem.create(path, false);
                filesOpened.increment();
                return new OpenFile(bucket, path, out, new TextWriter(out), now);
            } catch (FileAlreadyExistsException | AlreadyBeingCreatedException taken) {
                closer.release(path);
            } catch (IOException | RuntimeException e) {
                closer.release(path);
                if (mayHaveBeenMade(e)) {
                    closer.lookAgain();
                }
                throw e;
            }
        }
    }

    /** Whether the call reached the file system and its answer got lost, as far as one can tell. */
    private static boolean mayHaveBeenMade(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean broken = cause instanceof SocketException && !(cause instanceof ConnectException);
            if (broken || cause instanceof SocketTimeoutException || cause instanceof EOFException) {
                return true;
            }
        }
        return false;
    }

    private void retire(OpenFile file) throws IOException {
        byUse.remove(file);
        open.computeIfPresent(file.bucket(), (bucket, files) -> {
            files.remove(file);
            return files.isEmpty() ? null : files;
        });
        retired.add(file);
        if (retired.size() > settings.maxOpenFiles()) {
            // Too many to wait for the end of the group. If it fails now, a part of it comes twice.
            flush();
            closeRetired();
        }
    }

    private void flush() throws IOException {
        for (OpenFile file : touched) {
            file.flush(settings.sync());
        }
        if (!touched.isEmpty()) {
            flushes.increment();
        }
        for (Unstorable event : unstorable) {
            deadLetters.record(
                    event.batch(),
                    event.index(),
                    event.why().reason(),
                    event.why().getMessage());
        }
        unstorable.clear();
        for (OpenFile file : touched) {
            writtenBytes.increment((double) file.markStored());
        }
        touched.clear();
    }

    private void retireDue(Instant now) throws IOException {
        for (OpenFile file : List.copyOf(byUse)) {
            if (settings.roll().decide(file.state(), now) != RollPolicy.Reason.NOT_YET) {
                retire(file);
            }
        }
    }

    /** When time alone will close a file, unless something is written before. */
    Instant dueAt() {
        return dueAt;
    }

    /** Closes the files whose time has come, and those that are retired already. */
    synchronized void closeDue() throws IOException {
        retireDue(clock.instant());
        closeRetired();
        summarize();
    }

    private void closeRetired() {
        boolean answers = true;
        while (!retired.isEmpty()) {
            answers = close(retired.remove(), answers);
        }
    }

    /** Closes one file now while the file system answers, and else leaves it to the background. */
    private boolean close(OpenFile file, boolean answers) {
        UnclosedFile unclosed = file.unclosed(names, counter);
        if (answers) {
            return closer.close(unclosed);
        }
        closer.closeLater(unclosed);
        return false;
    }

    /** Closes every file, cut back to what was stored. Does nothing the second time. */
    synchronized void close() {
        closed = true;
        retired.addAll(byUse);
        byUse.clear();
        open.clear();
        touched.clear();
        closeRetired();
        summarize();
    }

    private void summarize() {
        Instant due = retired.isEmpty() ? Instant.MAX : Instant.MIN;
        for (OpenFile file : byUse) {
            Instant fileDue = settings.roll().dueAt(file.state());
            due = fileDue.isBefore(due) ? fileDue : due;
        }
        dueAt = due;
        openCount = byUse.size() + retired.size();
    }
}
