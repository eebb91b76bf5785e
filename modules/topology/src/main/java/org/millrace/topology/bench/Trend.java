package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.millrace.topology.Json;

/**
 * The memory of a process in the first third of a while and in the last: where it does not grow, the two
 * are alike, however long the while is.
 */
record Trend(Third early, Third late) {
    /**
     * A look at a process.
     *
     * @param nanos since the while began
     * @param residentBytes where the system tells it
     * @param keptMiB the least that a collection has left since the look before, where there was any
     */
    record Sample(long nanos, OptionalLong residentBytes, OptionalLong keptMiB) {}

    /**
     * A third of the while.
     *
     * @param residentMiB the most that was resident
     * @param keptMiB the least that a collection left: what others leave has garbage in it
     */
    record Third(OptionalLong residentMiB, OptionalLong keptMiB) {
        private static Third of(List<Sample> all, long from, long to) {
            List<Sample> samples = all.stream()
                    .filter(sample -> sample.nanos() >= from && sample.nanos() < to)
                    .toList();
            OptionalLong resident = samples.stream()
                    .flatMapToLong(sample -> sample.residentBytes().stream())
                    .max();
            return new Third(
                    resident.isPresent() ? OptionalLong.of(resident.getAsLong() >> 20) : resident,
                    samples.stream()
                            .flatMapToLong(sample -> sample.keptMiB().stream())
                            .min());
        }
    }

    /** Of a while of so many nanoseconds. */
    static Trend of(List<Sample> samples, long nanos) {
        return new Trend(Third.of(samples, 0, nanos / 3), Third.of(samples, nanos - nanos / 3, Long.MAX_VALUE));
    }

    /** For a reader. */
    String text() {
        return String.format(
                Locale.ROOT,
                "first and last third: resident %s and %s MiB, least heap after collections %s and %s MiB",
                known(early.residentMiB()),
                known(late.residentMiB()),
                known(early.keptMiB()),
                known(late.keptMiB()));
    }

    /** Adds itself to a JSON object; null is what is not known. */
    void addTo(ObjectNode json) {
        json.put("rss_mib_early", Json.orNull(early.residentMiB()))
                .put("rss_mib_late", Json.orNull(late.residentMiB()))
                .put("heap_after_gc_mib_early", Json.orNull(early.keptMiB()))
                .put("heap_after_gc_mib_late", Json.orNull(late.keptMiB()));
    }

    private static String known(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "?";
    }
}
