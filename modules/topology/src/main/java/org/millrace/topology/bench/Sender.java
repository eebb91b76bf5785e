package org.millrace.topology.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Node;
import org.millrace.topology.TrialRun;
import org.millrace.topology.feed.FedLane;
import org.millrace.topology.feed.Feed;

/**
 * Drops files and waits until the agent has completed them, and holds it to its word: what it completed,
 * both stores must have. Not thread-safe.
 */
final class Sender {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private final TrialRun run;
    private final Feed feed;
    private final int lineLength;
    private final KafkaReader kafka;
    private final HdfsWatch hdfs;
    private final List<String> objections = new ArrayList<>();
    private long completed;

    /** A file that was written and is to be dropped. */
    record Part(FedLane lane, Path file, int lines) {}

    private record Dropped(Path place, int lines) {}

    Sender(TrialRun run, Feed feed, int lineLength, KafkaReader kafka, HdfsWatch hdfs) {
        this.run = run;
        this.feed = feed;
        this.lineLength = lineLength;
        this.kafka = kafka;
        this.hdfs = hdfs;
    }

    /**
     * Sends files, and returns where the completed ones lie.
     *
     * @param parts in the order in which they were written
     */
    List<Path> send(List<Part> parts) {
        Queue<Dropped> open = new ArrayDeque<>();
        List<Path> completedFiles = new ArrayList<>();
        for (Part part : parts) {
            Path place = feed.drop(part.file(), part.lane());
            open.add(new Dropped(place, part.lines()));
            completedFiles.add(Path.of(place + ".COMPLETED"));
        }
        await("the files to be completed", () -> {
            boolean more = false;
            while (!open.isEmpty() && Files.notExists(open.element().place())) {
                completed += open.remove().lines();
                more = true;
            }
            if (more) {
                check();
            }
            return open.isEmpty();
        });
        return completedFiles;
    }

    /**
     * Waits until all spool directories are empty.
     *
     * @param lines that were fed in all
     */
    void awaitConsumed(long lines) {
        await("the files to be consumed", feed::isConsumed);
        completed = lines;
        check();
    }

    private void check() {
        tooEarly("Kafka", "records", kafka.records(), completed).ifPresent(objections::add);
        tooEarly("HDFS", "bytes", hdfs.look(), completed * lineLength).ifPresent(objections::add);
    }

    /**
     * What is wrong where a store has less than was completed.
     *
     * @param has what the store had when it was asked, after {@code completedOfThat} was known
     */
    static Optional<String> tooEarly(String store, String what, long has, long completedOfThat) {
        return has >= completedOfThat
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "files with %,d %s were completed when %s had %,d",
                        completedOfThat,
                        what,
                        store,
                        has));
    }

    /** What the agent has completed too early, for people. */
    List<String> objections() {
        return List.copyOf(objections);
    }

    private void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            for (Node node : run.topology().nodes()) {
                if (!node.isAlive()) {
                    throw new CannotRunException(
                            node.name() + " ended; its log, " + node.log() + ", ends with\n" + node.logTail());
                }
            }
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new CannotRunException("waited " + LIMIT.toMinutes() + " minutes for " + what
                        + ": look into the logs of the nodes, such as "
                        + run.topology().agent().log());
            }
            pause(LOOK_EVERY);
        }
    }

    /** Lets time pass. */
    void pause(Duration time) {
        if (!run.pause(time)) {
            throw new CannotRunException("ended before the measuring was over");
        }
    }
}
