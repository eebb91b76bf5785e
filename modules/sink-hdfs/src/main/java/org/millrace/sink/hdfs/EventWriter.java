package org.millrace.sink.hdfs;

import java.io.IOException;
import org.millrace.event.EventBatch;

/** Turns events into the bytes of one file. Used by one thread at a time. */
interface EventWriter {
    /** Writes the events from {@code from} to {@code to} (exclusive); they may stay in a buffer. */
    void write(EventBatch batch, int from, int to) throws IOException;

    /** Hands everything on to the file, so that what it has then can be read by itself. */
    void flush() throws IOException;

    /** Bytes written so far, buffered ones included. */
    long length();

    /** Whether the last event was a part of a line, and not its last part. */
    boolean insideLine();
}
