package org.millrace.topology.bench;

/**
 * What goes through.
 *
 * @param lanes sources of the agent, each with a spool directory of its own
 * @param filesPerLane that are there at once
 * @param linesPerFile of each
 * @param lineLength in bytes, the line's end included
 */
record Load(int lanes, int filesPerLane, int linesPerFile, int lineLength) {
    /** As many lines in one file. */
    static Load oneFile(int lines, int lineLength) {
        return new Load(1, 1, lines, lineLength);
    }

    /** Lines of all files. */
    long lines() {
        return (long) lanes * filesPerLane * linesPerFile;
    }

    /** Files of all lanes. */
    int files() {
        return lanes * filesPerLane;
    }

    /** The same in kind, of about so many lines. */
    Load of(int lines) {
        int each = Math.max(1, lines / lanes);
        int perFile = Math.min(linesPerFile, each);
        return new Load(lanes, Math.max(1, each / perFile), perFile, lineLength);
    }
}
