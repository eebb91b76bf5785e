package org.millrace.source.spool;

/**
 * A stretch of a file in memory. The array becomes the array of one or more batches, so nothing is
 * written to it once it is filled; what of it was cut into events only moves {@link #from} on.
 */
final class Slab {
    final byte[] bytes;
    /** Where in the file the array begins. */
    private final long fileOffset;
    /** The first byte that is in no event yet. */
    private int from;

    Slab(byte[] bytes, long fileOffset) {
        this.bytes = bytes;
        this.fileOffset = fileOffset;
    }

    int from() {
        return from;
    }

    /** How many bytes are in no event yet. */
    int left() {
        return bytes.length - from;
    }

    /** Where in the file {@link #from} is. */
    long offset() {
        return fileOffset + from;
    }

    /** Where in the file the bytes behind this slab begin. */
    long endOffset() {
        return fileOffset + bytes.length;
    }

    /** The next {@code count} bytes are in an event now. */
    void advance(int count) {
        if (count < 0 || count > left()) {
            throw new IllegalArgumentException(count + " of " + left() + " bytes");
        }
        from += count;
    }
}
