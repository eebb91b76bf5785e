package org.millrace.topology.feed;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.millrace.topology.CannotRunException;

/**
 * Feeds numbered lines to lanes: at a steady rate, in a small file for each lane in turn, or a whole file
 * at once. Goes on whatever becomes of the agents; what they do not take waits in the spool directories.
 *
 * <p>The lines of a file are all stamped with the moment at which its writing began. It appears in its
 * directory complete, so that sources need no {@code rest-time}.
 */
public final class Feed implements AutoCloseable {
    /** Is told of files that were dropped at a steady rate. */
    @FunctionalInterface
    public interface Dropped {
        /**
         * Called after the drop, in the feed's own thread.
         *
         * @param first the number of the file's first line among the lane's lines
         */
        void file(FedLane lane, Path place, long first);
    }

    private static final int BUFFER = 64 << 10;
    private static final long SECOND = 1_000_000_000;

    private final List<FedLane> lanes;
    private final int lineLength;
    private final Path workshop;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Long> next = new HashMap<>();
    private Optional<ScheduledFuture<?>> running = Optional.empty();
    /** Lines that are due and not fed, in billionths. */
    private long owed;

    private int turn;
    private int files;

    /**
     * Feeds nothing yet.
     *
     * @param lineLength in bytes, line ends included
     * @param workshop a directory on the file system of the spool directories
     */
    public Feed(List<FedLane> lanes, int lineLength, Path workshop) {
        this.lanes = List.copyOf(lanes);
        this.lineLength = lineLength;
        this.workshop = workshop;
        try {
            Files.createDirectories(workshop);
        } catch (IOException e) {
            throw new CannotRunException("cannot make " + workshop + ": " + e.getMessage(), e);
        }
    }

    /** How many lines a lane was fed so far. */
    public synchronized long fed(String lane) {
        return next.getOrDefault(lane, 0L);
    }

    /**
     * Begins to feed all lanes, the rate shared among them.
     *
     * @param linesPerSecond of all lanes together
     * @param every how often a lane gets a file, or more rarely where a file would have no line
     */
    public void start(int linesPerSecond, Duration every) {
        start(linesPerSecond, every, (lane, place, first) -> {});
    }

    /** As {@link #start(int, Duration)}, and tells of each file. */
    public synchronized void start(int linesPerSecond, Duration every, Dropped told) {
        long each = Math.max(every.toNanos() / lanes.size(), SECOND / linesPerSecond);
        long due = linesPerSecond * each;
        owed = 0;
        running = Optional.of(thread.scheduleAtFixedRate(() -> feedNext(due, told), 0, each, TimeUnit.NANOSECONDS));
    }

    /** What is left of a line goes into the next file: the rate is exact in the long run. */
    private synchronized void feedNext(long due, Dropped told) {
        owed += due;
        int lines = (int) Math.max(1, owed / SECOND);
        owed -= lines * SECOND;
        FedLane lane = lanes.get(turn % lanes.size());
        long first = fed(lane.name());
        told.file(lane, file(lane, lines), first);
        turn++;
    }

    /** Ends what {@link #start} began. */
    public void stop() {
        Optional<ScheduledFuture<?>> ended;
        synchronized (this) {
            ended = running;
            running = Optional.empty();
        }
        ended.ifPresent(this::end);
    }

    private void end(ScheduledFuture<?> feeding) {
        feeding.cancel(false);
        try {
            // Comes behind what it may be feeding just now.
            thread.submit(() -> {}).get();
            feeding.get();
        } catch (CancellationException asIntended) {
            // It fed until now.
        } catch (ExecutionException e) {
            throw new CannotRunException(
                    "cannot feed the agents: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Drops one file of {@code lines} lines into a lane's spool directory, and returns its place there. */
    public Path file(FedLane lane, int lines) {
        return file(lane, lines, lineLength);
    }

    /** As {@link #file(FedLane, int)}, of lines of another length in bytes, line ends included. */
    public synchronized Path file(FedLane lane, int lines, int length) {
        return drop(write(lane, lines, length), lane);
    }

    /** Writes a file of {@code lines} lines that is to be dropped later, before any that is written later. */
    public synchronized Path write(FedLane lane, int lines) {
        return write(lane, lines, lineLength);
    }

    private Path write(FedLane lane, int lines, int length) {
        files++;
        Path file = workshop.resolve(String.format(Locale.ROOT, "feed-%08d.log", files));
        long from = fed(lane.name());
        long now = System.currentTimeMillis();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            for (int i = 0; i < lines; i++) {
                out.write(new FedLine(lane.name(), from + i, now).bytes(length));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        next.put(lane.name(), from + lines);
        return file;
    }

    /** Drops a file that was written before, and returns its place in the lane's spool directory. */
    public Path drop(Path file, FedLane lane) {
        Path place = lane.spool().resolve(file.getFileName());
        try {
            return Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move " + file + " to " + place, e);
        }
    }

    /** Whether the agents have taken and completed all files, where they delete what is complete. */
    public boolean isConsumed() {
        return lanes.stream().noneMatch(Feed::isWaiting);
    }

    /** Whether every lane has files that are not complete, or not even taken. */
    public boolean isWaiting() {
        return lanes.stream().allMatch(Feed::isWaiting);
    }

    private static boolean isWaiting(FedLane lane) {
        Path spool = lane.spool();
        try (var left = Files.list(spool)) {
            return left.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + spool, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
