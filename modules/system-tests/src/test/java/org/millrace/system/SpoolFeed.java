package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Puts a file of distinct lines into each of several spool directories, again and again. Thread-safe. */
final class SpoolFeed implements AutoCloseable {
    private static final int LINES = 50;
    private static final int EVERY_MILLIS = 100;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Path scratch;
    private final Map<Path, Set<String>> fed = new HashMap<>();
    private final Set<Path> held = new HashSet<>();
    private Future<?> feeding;
    private int next;

    private SpoolFeed(Path scratch, List<Path> directories) {
        this.scratch = scratch;
        directories.forEach(directory -> fed.put(directory, new HashSet<>()));
    }

    /** @param scratch on the same file system, so that a file appears in its directory as a whole */
    static SpoolFeed start(Path scratch, List<Path> directories) throws IOException {
        Files.createDirectories(scratch);
        SpoolFeed feed = new SpoolFeed(scratch, directories);
        feed.feeding = feed.thread.scheduleAtFixedRate(feed::feed, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return feed;
    }

    private synchronized void feed() {
        int number = next++;
        fed.forEach((directory, lines) -> {
            if (!held.contains(directory)) {
                List<String> more = IntStream.range(0, LINES)
                        .mapToObj(i -> directory.getParent().getFileName() + " " + number + " " + i)
                        .toList();
                try {
                    Files.move(Files.write(scratch.resolve("next"), more), directory.resolve(number + ".log"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                lines.addAll(more);
            }
        });
    }

    /** Puts nothing more into this directory. */
    synchronized void hold(Path directory) {
        held.add(directory);
    }

    synchronized void release(Path directory) {
        held.remove(directory);
    }

    /** Whether every file in the directories that are held is read to its end. */
    synchronized boolean heldAreCompleted() {
        return held.stream().allMatch(directory -> {
            try (Stream<Path> files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString())
                        .allMatch(name -> name.startsWith(".") || name.endsWith(".COMPLETED"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    synchronized Set<String> linesOfHeld() {
        Set<String> lines = new HashSet<>();
        held.forEach(directory -> lines.addAll(fed.get(directory)));
        return lines;
    }

    /** All lines so far. */
    synchronized Set<String> lines() {
        assertThat(feeding)
                .as("feeds until it is closed")
                .satisfiesAnyOf(
                        runs -> assertThat(runs.isDone()).isFalse(),
                        closed -> assertThat(closed.isCancelled()).isTrue());
        Set<String> lines = new HashSet<>();
        fed.values().forEach(lines::addAll);
        return lines;
    }

    /** Ends it; the lines stay. */
    @Override
    public void close() {
        feeding.cancel(false);
        thread.shutdown();
        synchronized (this) {
            // Waits for the file under way; whatever comes after it finds everything held.
            held.addAll(fed.keySet());
        }
    }
}
