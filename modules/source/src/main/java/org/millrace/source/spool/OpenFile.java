package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/**
 * Reads one file in slabs and cuts them into batches. A slab is read straight into the array that
 * becomes the batch; only the beginning of a line that the slab ends in is copied to the next one.
 *
 * <p>Nothing is emitted from a slab before the file was seen unchanged after the read. Memory: one
 * slab of {@code batch-bytes}, or of as much as one event needs where that is more.
 */
final class OpenFile implements Closeable {
    /** A read through a channel takes as much memory outside the heap as it reads; this bounds it. */
    private static final int LARGEST_READ = 1 << 20;

    private static final byte NEWLINE = '\n';

    private final FileInHand file;
    private final FileChannel channel;
    private final SourceId source;
    private final Map<String, String> headers;
    private final LineSplitter splitter;
    private final int batchBytes;
    private Slab slab;
    /** The line that is being cut into parts, or null. */
    private LongLine longLine;

    private OpenFile(FileInHand file, FileChannel channel, long offset, SourceId source, SpoolDirectorySettings s) {
        this.file = file;
        this.channel = channel;
        this.source = source;
        this.headers = headers(file.path(), s);
        this.splitter = new LineSplitter(file.maxEvent(), s.batchEvents());
        this.batchBytes = s.batchBytes();
        this.slab = new Slab(new byte[0], offset);
    }

    /**
     * Opens a file to be read from {@code offset}, the end of one of its events or 0.
     *
     * @throws FileChangedException when it is not what was picked up
     */
    static OpenFile open(FileInHand file, long offset, SourceId source, SpoolDirectorySettings settings)
            throws IOException {
        FileStat.requireUnchanged(file.path(), file.identity());
        FileChannel channel;
        try {
            channel = FileChannel.open(file.path(), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new FileChangedException(FileChange.VANISHED);
        }
        try {
            OpenFile open = new OpenFile(file, channel, offset, source, settings);
            if (open.isInsideLine(offset)) {
                open.longLine = LongLine.around(offset, file.size(), file.maxEvent());
            }
            return open;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    FileInHand file() {
        return file;
    }

    /** The end of the last event emitted: where another reader would go on. */
    long offset() {
        return slab.offset();
    }

    boolean isAtEnd() {
        return slab.offset() >= file.size();
    }

    /**
     * Reads on. Empty at the end of the file, and also when more work is needed before there is a
     * batch: call again unless {@link #isAtEnd()}.
     *
     * @throws FileChangedException when the file is not what was picked up any more; what was
     *     emitted before is good
     */
    Optional<EventBatch> next() throws IOException {
        if (isAtEnd()) {
            return Optional.empty();
        }
        if (longLine == null) {
            return lines();
        }
        return longLine.search(this::readFully) ? Optional.of(parts(longLine)) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Optional<EventBatch> lines() throws IOException {
        while (true) {
            EventBatch.Builder batch = batch();
            LineSplitter.Stop stop = splitter.cut(slab, slab.endOffset() >= file.size(), batch);
            if (batch.size() > 0) {
                return Optional.of(batch.build());
            }
            if (stop == LineSplitter.Stop.LINE_TOO_LONG) {
                long knownUpTo = slab.offset() + file.maxEvent() + 1;
                longLine = LongLine.startingAt(slab.offset(), knownUpTo, file.size(), file.maxEvent());
                return Optional.empty();
            }
            // A line that fills the slab needs a larger one; twice as large, so that all the copies
            // together are no more than the line.
            fill(Math.min(2L * slab.left(), file.maxEvent() + 1L));
        }
    }

    private EventBatch parts(LongLine line) throws IOException {
        if (slab.left() < lengthOfPart(line)) {
            fill(lengthOfPart(line));
        }
        EventBatch.Builder batch = batch();
        while (longLine != null && batch.size() < splitter.batchEvents() && slab.left() >= lengthOfPart(line)) {
            int start = slab.from();
            int body = lengthOfBody(line);
            Map<String, String> part = line.headers(slab.offset());
            slab.advance(lengthOfPart(line));
            batch.add(start, body, slab.offset(), part);
            if (slab.offset() >= line.end()) {
                longLine = null;
            }
        }
        return batch.build();
    }

    private int lengthOfBody(LongLine line) {
        return (int) Math.min(file.maxEvent(), line.end() - slab.offset());
    }

    /** The body and, behind the last part, the newline. */
    private int lengthOfPart(LongLine line) {
        int body = lengthOfBody(line);
        return slab.offset() + body == line.end() && line.end() < file.size() ? body + 1 : body;
    }

    private EventBatch.Builder batch() {
        return EventBatch.builder(source, file.ordinal(), slab.offset(), headers, slab.bytes);
    }

    /** Goes on to a slab that begins with what the old one has left and has {@code atLeast} bytes. */
    private void fill(long atLeast) throws IOException {
        long size = Math.min(Math.max(batchBytes, atLeast), file.size() - slab.offset());
        byte[] bytes = new byte[(int) size];
        System.arraycopy(slab.bytes, slab.from(), bytes, 0, slab.left());
        readFully(ByteBuffer.wrap(bytes, slab.left(), bytes.length - slab.left()), slab.endOffset());
        FileStat.requireUnchanged(file.path(), file.identity());
        slab = new Slab(bytes, slab.offset());
    }

    private void readFully(ByteBuffer target, long offset) throws IOException {
        int end = target.limit();
        long at = offset;
        while (target.position() < end) {
            target.limit(Math.min(end, target.position() + LARGEST_READ));
            int read = channel.read(target, at);
            if (read < 0) {
                throw new FileChangedException(FileChange.SHRUNK);
            }
            at += read;
        }
    }

    private boolean isInsideLine(long offset) throws IOException {
        if (offset == 0 || offset >= file.size()) {
            return false;
        }
        byte[] before = new byte[1];
        readFully(ByteBuffer.wrap(before), offset - 1);
        return before[0] != NEWLINE;
    }

    private static Map<String, String> headers(Path path, SpoolDirectorySettings settings) {
        Map<String, String> headers = new HashMap<>();
        String readable = PathText.readable(path);
        settings.fileHeader().ifPresent(name -> headers.put(name, readable));
        settings.basenameHeader()
                .ifPresent(name -> headers.put(name, readable.substring(readable.lastIndexOf('/') + 1)));
        return Map.copyOf(headers);
    }
}
