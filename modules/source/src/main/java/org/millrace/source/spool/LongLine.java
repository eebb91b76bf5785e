package org.millrace.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.millrace.event.HeaderNames;

/**
 * A line that is too long for one event and becomes several. How many, each of them says, so the
 * line's ends must be known before the first is emitted: the file is searched ahead for the end,
 * and, where reading begins in the middle of the line after a restart, back for the beginning.
 * Memory is one buffer however long the line is, and each {@link #search} looks at a limited
 * stretch, so that a line of many gigabytes does not hold up the acknowledgements.
 */
final class LongLine {
    private static final byte NEWLINE = '\n';
    private static final int BUFFER = 64 * 1024;
    private static final int BUFFERS_A_SEARCH = 256;

    /** Reads a file at a place. */
    @FunctionalInterface
    interface FileBytes {
        /** Fills the room that {@code target} has left with what lies at {@code offset}. */
        void read(ByteBuffer target, long offset) throws IOException;
    }

    private final long fileSize;
    private final int maxEvent;
    /** The line begins here, or before this point while that is not found. */
    private long begin;

    private boolean beginFound;
    /** The line's newline is here, or behind this point while that is not found. */
    private long end;

    private boolean endFound;

    private LongLine(long fileSize, int maxEvent, long begin, boolean beginFound, long end) {
        this.fileSize = fileSize;
        this.maxEvent = maxEvent;
        this.begin = begin;
        this.beginFound = beginFound;
        this.end = end;
    }

    /** The line that begins at {@code begin} and does not end before {@code knownUpTo}. */
    static LongLine startingAt(long begin, long knownUpTo, long fileSize, int maxEvent) {
        return new LongLine(fileSize, maxEvent, begin, true, knownUpTo);
    }

    /** The line that {@code offset} lies in the middle of, behind a part that was cut there. */
    static LongLine around(long offset, long fileSize, int maxEvent) {
        return new LongLine(fileSize, maxEvent, offset, false, offset);
    }

    /** Looks at the next stretch of the file; true once both ends are known. */
    boolean search(FileBytes file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int i = 0; i < BUFFERS_A_SEARCH && !isFound(); i++) {
            if (!beginFound) {
                searchBack(file, buffer);
            } else {
                searchAhead(file, buffer);
            }
        }
        return isFound();
    }

    boolean isFound() {
        return beginFound && endFound;
    }

    /** Where the line's newline is, or the end of the file where the last line has none. */
    long end() {
        return end;
    }

    /** The headers of the part that begins at {@code offset}. */
    Map<String, String> headers(long offset) {
        long before = (offset - begin) / maxEvent;
        long parts = before + ceilDiv(end - offset, maxEvent);
        return Map.of(HeaderNames.LINE_PART, Long.toString(before + 1), HeaderNames.LINE_PARTS, Long.toString(parts));
    }

    private void searchBack(FileBytes file, byte[] buffer) throws IOException {
        int length = (int) Math.min(buffer.length, begin);
        file.read(ByteBuffer.wrap(buffer, 0, length), begin - length);
        int i = length;
        while (i > 0 && buffer[i - 1] != NEWLINE) {
            i--;
        }
        begin -= length - i;
        beginFound = i > 0 || begin == 0;
    }

    private void searchAhead(FileBytes file, byte[] buffer) throws IOException {
        int length = (int) Math.min(buffer.length, fileSize - end);
        file.read(ByteBuffer.wrap(buffer, 0, length), end);
        int i = 0;
        while (i < length && buffer[i] != NEWLINE) {
            i++;
        }
        end += i;
        endFound = i < length || end == fileSize;
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }
}
