package org.millrace.topology.drill;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What must hold while a scenario goes on and cannot be seen from what the stores have in the end. */
final class Limits {
    /** Batches on their way into a full channel, and what is stored between two looks at stores that are level. */
    static final long LEEWAY_BYTES = 1 << 20;

    private Limits() {}

    /**
     * How far one store is ahead of the other.
     *
     * @param bytes lines with their ends
     * @param waiting whether every agent had files in its spool directory meanwhile
     */
    record Lead(long bytes, boolean waiting) {
        static final Lead NONE = new Lead(Long.MIN_VALUE, false);

        /** Of two looks, the further lead, and whether the files waited at one of them. */
        Lead max(Lead other) {
            return new Lead(Math.max(bytes, other.bytes), waiting || other.waiting);
        }
    }

    /**
     * Objects where a store got further ahead of one that is slow or away than the channel of that one
     * holds, and where not all sources had to wait meanwhile.
     *
     * @param capacity of the channel, in bytes; an event counts more in it than its line in a store
     */
    static Optional<String> onLead(String ahead, String behind, Lead most, long capacity) {
        if (most.bytes() > capacity + LEEWAY_BYTES) {
            return Optional.of(lead(ahead, "", behind, most, capacity));
        }
        return most.waiting()
                ? Optional.empty()
                : Optional.of("not all agents had files that wait while " + ahead + " was ahead of " + behind);
    }

    /** As {@link #onLead}, and objects where it did not get so far that the channel can have been full. */
    static Optional<String> onFullLead(String ahead, String behind, Lead most, long capacity) {
        return most.bytes() < capacity / 2
                ? Optional.of(lead(ahead, "only ", behind, most, capacity))
                : onLead(ahead, behind, most, capacity);
    }

    private static String lead(String ahead, String only, String behind, Lead most, long capacity) {
        return ahead + " got " + only + mebibytes(most.bytes()) + " ahead of " + behind + ", whose channel holds "
                + mebibytes(capacity);
    }

    /** Objects to an agent that ever had more memory resident, and to one of which nobody can tell. */
    static Optional<String> onMemory(String agent, OptionalLong peakBytes, int mebibytes) {
        if (peakBytes.isEmpty()) {
            return Optional.of("this system does not tell how much memory " + agent + " used");
        }
        return peakBytes.getAsLong() > (long) mebibytes << 20
                ? Optional.of(agent + " used " + mebibytes(peakBytes.getAsLong()) + ", more than " + mebibytes + " MiB")
                : Optional.empty();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
