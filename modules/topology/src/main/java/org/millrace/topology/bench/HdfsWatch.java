package org.millrace.topology.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.HdfsReader;

/**
 * Looks again and again how much of each file in HDFS a reader would get, and so knows afterwards when
 * each line was there: at the latest when it was first seen. Thread-safe.
 */
final class HdfsWatch implements AutoCloseable {
    private static final Duration SOON = Duration.ofMillis(50);

    private final HdfsReader hdfs;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    /** By file, when each length was seen first, in milliseconds since 1970. */
    private final Map<String, NavigableMap<Long, Long>> seen = new HashMap<>();

    /** By when each look began, as {@link System#nanoTime()} tells it, when it was over, in milliseconds since 1970. */
    private final NavigableMap<Long, Long> lookedAt = new TreeMap<>();

    private final Duration every;
    private final ScheduledFuture<?> looks;

    /**
     * Begins to look.
     *
     * @param hdfs used by the watch alone, and closed with it
     * @param every the pause between two looks, and so how much too late a line may be seen
     */
    HdfsWatch(HdfsReader hdfs, Duration every) {
        this.hdfs = hdfs;
        this.every = every;
        this.looks = thread.scheduleWithFixedDelay(this::look, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Looks now, and returns how many bytes there are in all. */
    synchronized long look() {
        long begin = System.nanoTime();
        Map<String, Long> lengths = hdfs.lengths();
        long now = System.currentTimeMillis();
        lookedAt.put(begin, now);
        lengths.forEach((file, length) ->
                seen.computeIfAbsent(file, name -> new TreeMap<>()).putIfAbsent(length, now));
        return lengths.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Looks now where the next look would be long in coming. */
    void lookSoon() {
        if (every.compareTo(SOON) > 0) {
            look();
        }
    }

    /**
     * When the first look after a moment was over, in milliseconds since 1970: whatever was in HDFS at that
     * moment was {@link #seenAt seen} then.
     *
     * @param nanos as {@link System#nanoTime()} tells it
     */
    synchronized long lookedAfter(long nanos) {
        Map.Entry<Long, Long> first = lookedAt.higherEntry(nanos);
        if (first == null) {
            throw new IllegalStateException("did not look since");
        }
        return first.getValue();
    }

    /** When the bytes of a file up to {@code end} were there, in milliseconds since 1970. */
    synchronized long seenAt(String file, long end) {
        Map.Entry<Long, Long> first = seen.getOrDefault(file, new TreeMap<>()).ceilingEntry(end);
        if (first == null) {
            throw new IllegalStateException(file + " was never seen to have " + end + " bytes");
        }
        return first.getValue();
    }

    /**
     * Ends the looking; what was seen stays.
     *
     * @throws CannotRunException when a look failed
     */
    void stop() {
        if (looks.isDone()) {
            try {
                looks.get();
            } catch (ExecutionException e) {
                throw new CannotRunException(
                        "cannot watch HDFS: " + e.getCause().getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        looks.cancel(false);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        synchronized (this) {
            hdfs.close();
        }
    }
}
