package org.millrace.topology.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Watches files that were dropped for the agent, and remembers when each was completed: when it was first
 * seen to be gone from where it was dropped. Thread-safe.
 */
final class Completions {
    /**
     * The moment at which a file was seen to be gone.
     *
     * @param nanos as {@link System#nanoTime()} tells it
     * @param millis since 1970
     */
    record Completion(long nanos, long millis) {}

    private record Dropped(Path place, long first) {}

    private static final class Lane {
        /** In the order in which the agent takes them. */
        private final Queue<Dropped> open = new ArrayDeque<>();

        private final NavigableMap<Long, Completion> completed = new TreeMap<>();

        private boolean look() {
            boolean more = false;
            while (!open.isEmpty() && Files.notExists(open.element().place())) {
                completed.put(open.remove().first(), new Completion(System.nanoTime(), System.currentTimeMillis()));
                more = true;
            }
            return more;
        }
    }

    private final Map<String, Lane> lanes = new HashMap<>();

    /**
     * Watches a file from now on.
     *
     * @param first the number of its first line among the lane's lines
     */
    synchronized void dropped(String lane, Path place, long first) {
        lanes.computeIfAbsent(lane, name -> new Lane()).open.add(new Dropped(place, first));
    }

    /** Looks for files that were completed since, and returns whether there were any. */
    synchronized boolean look() {
        boolean more = false;
        for (Lane lane : lanes.values()) {
            more |= lane.look();
        }
        return more;
    }

    /** Whether all files that were dropped are completed, as of the last look. */
    synchronized boolean areAll() {
        return lanes.values().stream().allMatch(lane -> lane.open.isEmpty());
    }

    /** When the files of a lane were completed, each by the number of its first line. */
    synchronized NavigableMap<Long, Completion> of(String lane) {
        return new TreeMap<>(lanes.getOrDefault(lane, new Lane()).completed);
    }
}
