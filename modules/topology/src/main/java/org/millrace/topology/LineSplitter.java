package org.millrace.topology;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream at each {@code \n}, and nowhere else. Holds one buffer and the longest line. */
public final class LineSplitter {
    private static final int READ_SIZE = 256 * 1024;

    private LineSplitter() {}

    /** Hands every line of {@code in} to {@code lines}; what follows the last line end is one too. */
    public static void split(InputStream in, Lines lines) throws IOException {
        byte[] buffer = new byte[READ_SIZE];
        int start = 0;
        int end = 0;
        int read = in.read(buffer, end, buffer.length - end);
        while (read >= 0) {
            int from = end;
            end += read;
            for (int i = from; i < end; i++) {
                if (buffer[i] == '\n') {
                    lines.line(buffer, start, i - start);
                    start = i + 1;
                }
            }
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            if (end == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
            read = in.read(buffer, end, buffer.length - end);
        }
        if (end > 0) {
            lines.line(buffer, 0, end);
        }
    }
}
