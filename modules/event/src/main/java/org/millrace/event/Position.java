package org.millrace.event;

/**
 * Where in its lane an event ends: everything of the lane up to and including this point. Positions
 * of a lane rise strictly from event to event.
 *
 * <p>For a file source the generation is the ordinal of the file and the offset the byte after the
 * event's last byte (its line end included), so that reading goes on exactly at a committed
 * position. A source keeps its generations across restarts, which makes positions comparable across
 * them.
 *
 * @param generation rises with every file, connection or run of a source; 0 or more
 * @param offset rises within the generation; 0 or more
 */
public record Position(long generation, long offset) implements Comparable<Position> {
    /** Before every event of every lane. */
    public static final Position START = new Position(0, 0);

    public Position {
        if (generation < 0 || offset < 0) {
            throw new IllegalArgumentException("negative position " + generation + ":" + offset);
        }
    }

    @Override
    public int compareTo(Position other) {
        int byGeneration = Long.compare(generation, other.generation);
        return byGeneration != 0 ? byGeneration : Long.compare(offset, other.offset);
    }

    /** Whether this position lies behind {@code other} in the lane. */
    public boolean isAfter(Position other) {
        return compareTo(other) > 0;
    }

    /** The later of the two. */
    public static Position max(Position a, Position b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    @Override
    public String toString() {
        return generation + ":" + offset;
    }
}
