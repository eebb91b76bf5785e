package org.millrace.source.spool;

import org.millrace.event.EventBatch;

/**
 * Cuts lines into events. A body is the exact bytes between two newlines; nothing is decoded, so
 * carriage returns, NULs and broken UTF-8 pass as they are.
 *
 * @param maxEvent the longest body in bytes
 * @param batchEvents the most events of a batch
 */
record LineSplitter(int maxEvent, int batchEvents) {
    private static final byte NEWLINE = '\n';

    /** Why cutting ended. */
    enum Stop {
        /** The batch has all the events it may have. */
        BATCH_FULL,
        /** The slab is used up, but perhaps for the beginning of a line. */
        SLAB_USED_UP,
        /** The line that begins here is longer than an event may be. */
        LINE_TOO_LONG
    }

    /**
     * Cuts as many lines as there are and adds them to {@code batch}.
     *
     * @param endOfFile whether the file ends with the slab, so that its last line needs no newline
     */
    Stop cut(Slab slab, boolean endOfFile, EventBatch.Builder batch) {
        byte[] bytes = slab.bytes;
        while (batch.size() < batchEvents) {
            int start = slab.from();
            // One byte more than an event may have: there the newline of the longest event is.
            int limit = (int) Math.min(bytes.length, start + maxEvent + 1L);
            int end = start;
            while (end < limit && bytes[end] != NEWLINE) {
                end++;
            }
            if (end < limit) {
                slab.advance(end - start + 1);
            } else if (end - start > maxEvent) {
                return Stop.LINE_TOO_LONG;
            } else if (endOfFile && end > start) {
                slab.advance(end - start);
            } else {
                return Stop.SLAB_USED_UP;
            }
            batch.add(start, end - start, slab.offset());
        }
        return Stop.BATCH_FULL;
    }
}
