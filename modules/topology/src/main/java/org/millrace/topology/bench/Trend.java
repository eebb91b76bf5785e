package org.millrace.topology.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
    record Sample(long nanos, OptionalLong residentBytes, OptionalInt keptMiB) {}

    /**
     * A third of the while.
     *
     * @param residentMiB the most that was resident
     * @param keptMiB the least that a collection left: what others leave has garbage in it
     */
    record Third(OptionalLong residentMiB, OptionalInt keptMiB) {
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
                            .flatMapToInt(sample -> sample.keptMiB().stream())
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
                known(early.residentMiB(), "?"),
                known(late.residentMiB(), "?"),
                known(early.keptMiB(), "?"),
                known(late.keptMiB(), "?"));
    }

    /** Members of a JSON object; null is what is not known. */
    String json() {
        return String.format(
                Locale.ROOT,
                "\"rss_mib_early\":%s,\"rss_mib_late\":%s,\"heap_after_gc_mib_early\":%s,\"heap_after_gc_mib_late\":%s",
                known(early.residentMiB(), "null"),
                known(late.residentMiB(), "null"),
                known(early.keptMiB(), "null"),
                known(late.keptMiB(), "null"));
    }

    private static String known(OptionalLong value, String otherwise) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : otherwise;
    }

    private static String known(OptionalInt value, String otherwise) {
        return value.isPresent() ? Integer.toString(value.getAsInt()) : otherwise;
    }
}
