package org.millrace.sink.hdfs;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.millrace.event.EventBatch;

/**
 * Writes each body and a line end. A long line that a source cut into several events gets its line
 * end behind the last part only, so that the file has the line as it was.
 */
final class TextWriter implements EventWriter {
    /** Which part of a long line an event is, from 1. */
    static final String LINE_PART = "line-part";
    /** Of how many parts. */
    static final String LINE_PARTS = "line-parts";

    /** Large enough that Hadoop's cost per call no longer counts. */
    private static final int BUFFER = 64 * 1024;

    private final OutputStream out;
    private long length;
    private boolean insideLine;

    TextWriter(OutputStream file) {
        this.out = new BufferedOutputStream(file, BUFFER);
    }

    @Override
    public void write(EventBatch batch, int from, int to) throws IOException {
        Map<String, String> shared = batch.sharedHeaders();
        boolean anyCut = shared.containsKey(LINE_PART);
        for (int i = from; i < to; i++) {
            batch.writeBody(i, out);
            length += batch.bodyLength(i);
            insideLine = (anyCut || !batch.ownHeaders(i).isEmpty()) && isCut(batch, i);
            if (!insideLine) {
                out.write('\n');
                length++;
            }
        }
    }

    private static boolean isCut(EventBatch batch, int index) {
        String part = batch.header(index, LINE_PART);
        String parts = batch.header(index, LINE_PARTS);
        return part != null && parts != null && !part.equals(parts);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean insideLine() {
        return insideLine;
    }
}
