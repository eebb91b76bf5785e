package org.millrace.sink.hdfs;

import java.io.IOException;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** A file that is being written. One thread at a time; {@link FileSet} sees to that. */
final class OpenFile {
    private final Bucket bucket;
    private final Path path;
    private final FSDataOutputStream out;
    private final EventWriter writer;
    private final Instant openedAt;
    private Instant writtenAt;
    private long events;
    private long stored;
    private SourceId lastSource;

    OpenFile(Bucket bucket, Path path, FSDataOutputStream out, EventWriter writer, Instant now) {
        this.bucket = bucket;
        this.path = path;
        this.out = out;
        this.writer = writer;
        this.openedAt = now;
        this.writtenAt = now;
    }

    Bucket bucket() {
        return bucket;
    }

    /** Whether events of {@code source} may come next: not while a line of another is unfinished. */
    boolean takes(SourceId source) {
        return !writer.insideLine() || source.equals(lastSource);
    }

    void write(EventBatch batch, int from, int to, Instant now) throws IOException {
        writer.write(batch, from, to);
        events += to - from;
        lastSource = batch.source();
        writtenAt = now;
    }

    /** Everything written so far is as safe as {@code sync} says when this returns. */
    void flush(HdfsSettings.Sync sync) throws IOException {
        writer.flush();
        sync.flush(out);
    }

    /** Everything flushed so far is about to be acknowledged. Returns the bytes that this adds. */
    long markStored() {
        long added = writer.length() - stored;
        stored = writer.length();
        return added;
    }

    RollPolicy.FileState state() {
        return new RollPolicy.FileState(writer.length(), events, openedAt, writtenAt, writer.insideLine());
    }

    /** The file as one to be closed; nothing may be written to it any more. */
    UnclosedFile unclosed(FileNames names, LongSupplier counter) {
        return UnclosedFile.own(path, names, counter, out, stored);
    }
}
