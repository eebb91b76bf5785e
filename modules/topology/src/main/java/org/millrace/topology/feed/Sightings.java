package org.millrace.topology.feed;

import java.util.BitSet;

/** Which lines of one lane a store has, how often, and in what order. Not thread-safe. */
public final class Sightings {
    private final BitSet seen = new BitSet();
    private int highest = -1;
    private long again;
    private long outOfOrder;

    /** What comes next is in an order of its own: a file of HDFS. */
    public void begin() {
        highest = -1;
    }

    /**
     * Takes a line.
     *
     * @param place its number among those that count, from 0
     * @return whether it came for the first time
     */
    public boolean add(int place) {
        boolean first = !seen.get(place);
        if (!first) {
            again++;
        } else if (place < highest) {
            outOfOrder++;
        }
        seen.set(place);
        highest = Math.max(highest, place);
        return first;
    }

    /** How many different lines there are. */
    public long distinct() {
        return seen.cardinality();
    }

    /** How many came that had come before. */
    public long again() {
        return again;
    }

    /** How many came for the first time behind a later one. */
    public long outOfOrder() {
        return outOfOrder;
    }
}
