package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.millrace.topology.Json;
import org.millrace.topology.feed.FedLine;
import org.millrace.topology.feed.Sightings;

/**
 * Counts the lines that a store has, and how long each took to get there. Not thread-safe.
 *
 * <p>A line's time runs from the moment at which it was fed, or from the start of the measuring where
 * that is later: a file that was written in advance comes to the agent when it is dropped.
 */
final class StoreTally {
    /**
     * The lines of one lane.
     *
     * @param measured number of the first that is measured; those before were the warm-up
     * @param count of all
     * @param completed when the agent had completed each file, in milliseconds since 1970, by the number of the
     *     file's first line
     */
    record Fed(long measured, long count, NavigableMap<Long, Long> completed) {
        private boolean isCompletedBefore(long number, long at) {
            Map.Entry<Long, Long> file = completed.floorEntry(number);
            return file != null && file.getValue() < at;
        }
    }

    private static final class Lane {
        private final Fed fed;
        private final Sightings sightings = new Sightings();

        Lane(Fed fed) {
            this.fed = fed;
        }
    }

    private final Map<String, Lane> lanes = new HashMap<>();
    private final long start;
    private final Latencies latencies = new Latencies();
    private long foreign;
    private long late;

    /**
     * Has seen nothing.
     *
     * @param fed by lane
     * @param start of the measuring, in milliseconds since 1970
     */
    StoreTally(Map<String, Fed> fed, long start) {
        fed.forEach((lane, lines) -> lanes.put(lane, new Lane(lines)));
        this.start = start;
    }

    /** What comes next is in an order of its own. */
    void begin() {
        lanes.values().forEach(lane -> lane.sightings.begin());
    }

    /**
     * Takes a line, without its end.
     *
     * @param at when the store had it, in milliseconds since 1970
     */
    void line(byte[] buffer, int offset, int length, long at) {
        Optional<FedLine> parsed = FedLine.parse(buffer, offset, length);
        Lane lane = parsed.map(line -> lanes.get(line.lane())).orElse(null);
        if (lane == null || parsed.get().number() >= lane.fed.count) {
            foreign++;
        } else {
            line(parsed.get(), lane, at);
        }
    }

    private void line(FedLine line, Lane lane, long at) {
        int number = Math.toIntExact(line.number());
        if (!lane.sightings.add(number)) {
            return;
        }
        if (lane.fed.isCompletedBefore(number, at)) {
            late++;
        }
        if (number >= lane.fed.measured) {
            latencies.add(at - Math.max(start, line.fedAt()));
        }
    }

    /** How long the measured lines took, each when it came first. */
    Latencies latencies() {
        return latencies;
    }

    Counts counts() {
        long fed = lanes.values().stream().mapToLong(lane -> lane.fed.count).sum();
        return new Counts(
                fed, fed - sum(Sightings::distinct), sum(Sightings::again), sum(Sightings::outOfOrder), foreign, late);
    }

    private long sum(ToLongFunction<Sightings> count) {
        return lanes.values().stream()
                .mapToLong(lane -> count.applyAsLong(lane.sightings))
                .sum();
    }

    /**
     * What a store has, in lines.
     *
     * @param fed to all lanes, warm-up included
     * @param missing were fed and are not there
     * @param duplicated are there more than once: how many too many
     * @param outOfOrder came, when they came first, after a later one of their lane
     * @param foreign were never fed, or are not as they were fed
     * @param late came only when the agent had completed their file already
     */
    record Counts(long fed, long missing, long duplicated, long outOfOrder, long foreign, long late) {
        /** What must not be, for people. */
        List<String> objections(String store) {
            List<String> objections = new ArrayList<>();
            object(objections, store, missing, "missing");
            object(objections, store, duplicated, "too many: they are there already");
            object(objections, store, outOfOrder, "out of order");
            object(objections, store, foreign, "that were not fed like this");
            object(objections, store, late, "that it got after the agent had completed their file");
            return objections;
        }

        private static void object(List<String> objections, String store, long count, String what) {
            if (count > 0) {
                objections.add(String.format(Locale.ROOT, "%s has %,d lines %s", store, count, what));
            }
        }

        String text() {
            return String.format(Locale.ROOT, "%,d lines of %,d, %,d of them twice", fed - missing, fed, duplicated);
        }

        /** A JSON object. */
        ObjectNode json() {
            return Json.object()
                    .put("fed", fed)
                    .put("missing", missing)
                    .put("duplicated", duplicated)
                    .put("out_of_order", outOfOrder)
                    .put("foreign", foreign)
                    .put("late", late);
        }
    }
}
