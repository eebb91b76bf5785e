package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool directory without the stream around it: says what comes next, takes commits, and keeps
 * its progress on disk. Every method may block on the file system. Not thread-safe.
 */
final class Spool implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    /** What the caller shall do. */
    sealed interface Turn {
        /** Pass the batch on. */
        record Emit(EventBatch batch) implements Turn {}

        /** Call again soon: there is more to do before the next batch. */
        record Again() implements Turn {}

        /** Call again after this time, or when there is news: there is nothing to do. */
        record Rest(Duration atMost) implements Turn {}

        /** Call again after a pause: something is wrong. */
        record Retry() implements Turn {}
    }

    private static final Turn AGAIN = new Turn.Again();
    private static final Turn RETRY = new Turn.Retry();

    /** A file in hand that is not open, and where its reading begins. */
    private record Unread(FileInHand file, long offset) {}

    private final SpoolDirectorySettings settings;
    private final SpoolLimits limits;
    private final InstantSource clock;
    private final Troubles troubles;
    private final SpoolMeters meters;
    private final SpoolDirectory directory;
    private final Arrivals arrivals;
    private final FilePicker picker;

    private ProgressFile progressFile;
    private Progress progress;
    private SourceId source;
    private FinishedFiles finished;
    private final Deque<Unread> unread = new ArrayDeque<>();
    private final Set<Path> pathsInHand = new HashSet<>();
    private OpenFile reading;
    /** What is on disk, as far as this run wrote or read it, and when it was written. */
    private Progress saved;

    private Instant savedAt = Instant.EPOCH;
    /** The progress on disk is older than {@link #progress}. */
    private boolean unsaved;
    /** It is so old that nothing may be emitted before it is replaced; see {@link Progress}. */
    private boolean saveFirst;

    /**
     * @param notices none where the system has none
     * @param news called on another thread when {@link #next} should be called though the time is not up
     */
    Spool(
            SpoolDirectorySettings settings,
            SpoolLimits limits,
            Telemetry telemetry,
            InstantSource clock,
            Optional<DirectoryNotices> notices,
            Runnable news) {
        this.settings = settings;
        this.limits = limits;
        this.clock = clock;
        this.troubles = new Troubles(settings.name());
        this.meters = new SpoolMeters(telemetry.part("source", settings.name()), troubles, clock);
        this.directory = new SpoolDirectory(settings.directory(), troubles);
        NameFilter names = NameFilter.of(settings);
        this.arrivals = new Arrivals(settings, names, notices, clock, news);
        this.picker = new FilePicker(settings, limits, clock, meters, names, arrivals);
    }

    /**
     * Locks and reads the state. Trouble with the disk is reported and can be over at the next call.
     *
     * @return whether the spool is open
     * @throws SpoolStateException when the state must not be used
     */
    boolean open() {
        if (progressFile != null) {
            return true;
        }
        ProgressFile locked = null;
        try {
            locked = ProgressFile.lock(settings.stateDirectory(), settings.name());
            restore(locked.load());
            progressFile = locked;
            troubles.clear(Troubles.Area.PROGRESS);
            return true;
        } catch (IOException e) {
            reportProgress(e);
            return false;
        } finally {
            if (locked != null && progressFile == null) {
                closeQuietly(locked);
            }
        }
    }

    /** Does a limited piece of work. */
    Turn next() {
        if (!open() || (saveFirst && !saveAssigned())) {
            return RETRY;
        }
        if (reading != null && progress.isComplete(reading.file())) {
            stopReading();
        }
        if (reading == null && unread.isEmpty()) {
            return pickUp();
        }
        return reading == null ? openNext() : read();
    }

    /** Everything up to {@code upTo} is stored. */
    void commit(Position upTo) {
        if (progressFile == null || !progress.knows(upTo)) {
            LOG.error("source {}: {} was committed but never sent; it is ignored", settings.name(), upTo);
            return;
        }
        if (upTo.isAfter(progress.committed())) {
            progress = progress.commit(upTo);
            unsaved = true;
        }
    }

    /** Whether {@link #save} has something to do, now or later. */
    boolean needsSave() {
        return unsaved || (finished != null && finished.toBeSetAside() > 0) || hasUnfinished();
    }

    /** How long after now what changed may be written: at once, or a while after it was last written. */
    Duration untilSave() {
        return new Pause(savedAt, settings.progressInterval()).left(clock.instant());
    }

    /** Whether reading pauses because too many files wait for their commits. */
    boolean isFull() {
        return progress != null && room() <= 0;
    }

    /**
     * Writes progress to disk if that is due, then renames or deletes what is complete there.
     *
     * @return false when something must be tried again later
     */
    boolean save() {
        if (unsaved && untilSave().isZero() && !write()) {
            return false;
        }
        finish();
        return finished.toBeSetAside() == 0 && !hasUnfinished();
    }

    /**
     * Writes progress with the files that were picked up. What else changed is in it too, so that {@link #save}
     * need not write as long as files come that often; it still finishes them, several at once.
     */
    private boolean saveAssigned() {
        if (!write()) {
            return false;
        }
        if (progress.files().size() > limits.groupFiles()) {
            // Each write has all files in hand, which should not become more than must be.
            finish();
        }
        return true;
    }

    private boolean write() {
        try {
            progressFile.write(progress);
        } catch (IOException e) {
            reportProgress(e);
            return false;
        }
        troubles.clear(Troubles.Area.PROGRESS);
        saved = progress;
        savedAt = clock.instant();
        unsaved = false;
        saveFirst = false;
        return true;
    }

    private void finish() {
        if (reading != null && progress.isComplete(reading.file())) {
            stopReading();
        }
        Set<Long> done = finished.finish(settled());
        if (!done.isEmpty()) {
            done.forEach(
                    ordinal -> pathsInHand.remove(progress.files().get(ordinal).path()));
            progress = progress.drop(done);
            unsaved = true;
            showInHand();
        }
    }

    /** The files in hand of which the progress on disk says that every event is stored. */
    private List<FileInHand> settled() {
        return progress.complete().stream().filter(saved::isComplete).toList();
    }

    /**
     * Closes files, saves, and lets the state go.
     *
     * @throws IOException when the latest progress is not on disk
     */
    @Override
    public void close() throws IOException {
        try {
            closeProgress();
        } finally {
            arrivals.close();
        }
    }

    private void closeProgress() throws IOException {
        stopReading();
        if (progressFile == null) {
            return;
        }
        try (ProgressFile closing = progressFile) {
            if (!unsaved || write()) {
                finish();
            }
            if (unsaved) {
                closing.write(progress);
            }
        } finally {
            progressFile = null;
        }
    }

    private void restore(Progress loaded) {
        progress = loaded;
        saved = loaded;
        source = new SourceId(settings.name(), loaded.incarnation());
        List<Long> complete =
                loaded.complete().stream().map(FileInHand::ordinal).toList();
        finished = new FinishedFiles(settings, directory, troubles, meters, complete);
        unread.clear();
        pathsInHand.clear();
        for (FileInHand file : loaded.files().values()) {
            pathsInHand.add(file.path());
            if (!loaded.isComplete(file)) {
                unread.add(new Unread(file, loaded.committedOffset(file)));
            }
        }
        showInHand();
    }

    private Turn pickUp() {
        int room = room();
        if (room <= 0) {
            return new Turn.Rest(settings.pollInterval());
        }
        if (!directory.isUsable()) {
            return RETRY;
        }
        List<FoundFile> found;
        try {
            found = picker.pick(Math.min(room, limits.groupFiles()), this::isInHand);
        } catch (IOException e) {
            directory.report(IoReason.of(e));
            return RETRY;
        }
        directory.isFine();
        List<FoundFile> withEvents = new ArrayList<>();
        boolean allDone = true;
        for (FoundFile file : found) {
            if (file.isEmpty()) {
                allDone &= finished.finishEmpty(file.path());
            } else {
                withEvents.add(file);
            }
        }
        assign(withEvents);
        if (withEvents.isEmpty() && !allDone) {
            return RETRY;
        }
        return found.isEmpty() ? new Turn.Rest(picker.untilNext()) : AGAIN;
    }

    private void assign(List<FoundFile> found) {
        if (found.isEmpty()) {
            return;
        }
        long first = progress.nextOrdinal();
        progress = progress.assign(found, settings.maxEvent());
        for (FileInHand file : progress.files().tailMap(first, true).values()) {
            unread.add(new Unread(file, 0));
            pathsInHand.add(file.path());
        }
        unsaved = true;
        saveFirst = true;
        showInHand();
    }

    private Turn openNext() {
        Unread next = unread.remove();
        FileInHand file = next.file();
        if (progress.isComplete(file)) {
            return AGAIN;
        }
        long offset = Math.max(next.offset(), progress.committedOffset(file));
        try {
            reading = OpenFile.open(file, offset, source, settings);
            meters.opened();
            directory.isFine();
            return AGAIN;
        } catch (IOException e) {
            return stumble(file, offset, e);
        }
    }

    private Turn read() {
        try {
            Optional<EventBatch> batch = reading.next();
            if (batch.isPresent()) {
                meters.emitted(batch.get());
                return new Turn.Emit(batch.get());
            }
            if (reading.isAtEnd()) {
                stopReading();
            }
            return AGAIN;
        } catch (IOException e) {
            FileInHand file = reading.file();
            long offset = reading.offset();
            stopReading();
            return stumble(file, offset, e);
        }
    }

    /** Reading {@code file} failed at {@code offset}: give it up, or keep it if it is not its fault. */
    private Turn stumble(FileInHand file, long offset, IOException e) {
        if (!directory.isUsable()) {
            unread.addFirst(new Unread(file, offset));
            return RETRY;
        }
        if (IoReason.isOutOfHandles(e)) {
            directory.report(IoReason.of(e));
            unread.addFirst(new Unread(file, offset));
            return RETRY;
        }
        if (e instanceof FileChangedException changed) {
            finished.giveUp(file, changed.change(), offset);
        } else {
            picker.unreadable(file.path(), IoReason.of(e));
        }
        pathsInHand.remove(file.path());
        progress = progress.drop(Set.of(file.ordinal()));
        unsaved = true;
        saveFirst = true;
        showInHand();
        return AGAIN;
    }

    private void stopReading() {
        if (reading != null) {
            closeQuietly(reading);
            reading = null;
        }
    }

    private boolean isInHand(Path path) {
        return pathsInHand.contains(path) || finished.isToBeSetAside(path);
    }

    private boolean hasUnfinished() {
        return progress != null && !settled().isEmpty();
    }

    private int room() {
        return limits.filesInHand() - progress.files().size() - finished.toBeSetAside();
    }

    private void showInHand() {
        meters.inHand(progress.files().size());
    }

    private void reportProgress(IOException e) {
        troubles.report(
                Troubles.Area.PROGRESS,
                IoReason.of(e),
                "progress cannot be kept in " + PathText.shown(settings.stateDirectory()) + ": " + IoReason.of(e)
                        + ". Make room there, or let the agent's user read and write it; no new file is begun until"
                        + " then, and it is tried again");
    }

    /** A file that was only read has nothing to lose when it cannot be closed. */
    private void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.warn("source {}: a file could not be closed: {}", settings.name(), IoReason.of(e));
        }
    }
}
