package org.millrace.topology.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.Node;
import org.millrace.topology.TrialRun;
import org.millrace.topology.feed.FedLane;
import org.millrace.topology.feed.Feed;

/** Drops files, waits until the agent has completed them, and notes when it did. Not thread-safe. */
final class Sender {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private final TrialRun run;
    private final Feed feed;
    private final HdfsWatch hdfs;
    private final Completions completions = new Completions();

    /**
     * A file that was written and is to be dropped.
     *
     * @param first the number of its first line among the lane's lines
     */
    record Part(FedLane lane, Path file, long first) {}

    Sender(TrialRun run, Feed feed, HdfsWatch hdfs) {
        this.run = run;
        this.feed = feed;
        this.hdfs = hdfs;
    }

    /**
     * Sends files, and returns where the completed ones lie.
     *
     * @param parts in the order in which they were written
     * @param meanwhile is done again and again
     */
    List<Path> send(List<Part> parts, Runnable meanwhile) {
        List<Path> completedFiles = new ArrayList<>();
        for (Part part : parts) {
            Path place = feed.drop(part.file(), part.lane());
            completions.dropped(part.lane().name(), place, part.first());
            completedFiles.add(Path.of(place + ".COMPLETED"));
        }
        awaitCompleted(meanwhile);
        return completedFiles;
    }

    /** When files were completed, of those that were sent and of others that it is told of. */
    Completions completions() {
        return completions;
    }

    /** Waits until all files are completed. */
    void awaitCompleted(Runnable meanwhile) {
        long start = System.nanoTime();
        look(meanwhile);
        while (!completions.areAll()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new CannotRunException("waited " + LIMIT.toMinutes()
                        + " minutes for the files to be completed: look into the logs of the nodes, such as "
                        + run.topology().agent().log());
            }
            passTime(LOOK_EVERY);
            look(meanwhile);
        }
    }

    /** Lets time pass. */
    void pause(Duration time, Runnable meanwhile) {
        long start = System.nanoTime();
        Duration left = time;
        while (left.compareTo(Duration.ZERO) > 0) {
            look(meanwhile);
            passTime(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
            left = time.minusNanos(System.nanoTime() - start);
        }
    }

    private void look(Runnable meanwhile) {
        if (completions.look()) {
            // What is not in HDFS now was not there when they were completed.
            hdfs.lookSoon();
        }
        for (Node node : run.topology().nodes()) {
            if (!node.isAlive()) {
                throw new CannotRunException(
                        node.name() + " ended; its log, " + node.log() + ", ends with\n" + node.logTail());
            }
        }
        meanwhile.run();
    }

    private void passTime(Duration time) {
        if (!run.pause(time)) {
            throw new CannotRunException("ended before the measuring was over");
        }
    }
}
