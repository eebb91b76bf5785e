package org.millrace.sink.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is to be closed and renamed: one of ours, or one that a dead writer left. Knows how far
 * it has come, so that {@link #close} can be called again where it did not get to the end.
 *
 * <p>Of our own files we know how much was stored, that is, acknowledged. What lies behind that
 * comes again from its source, so the file is cut there before it is renamed. Where the file system
 * cannot cut, or the writer is dead and nobody knows, it stays, and the events are there twice.
 *
 * <p>Not thread-safe: one thread at a time.
 */
final class UnclosedFile {
    private static final Logger LOG = LoggerFactory.getLogger(UnclosedFile.class);
    private static final long UNKNOWN = -1;

    private final Path inUse;
    private final FileNames names;
    private final LongSupplier counter;
    /** Bytes to keep, or {@link #UNKNOWN}. */
    private final long stored;

    private FSDataOutputStream out;
    /** The file has exactly what it is to keep, and nobody writes to it. */
    private boolean ready;

    /** How far a try came. */
    enum Progress {
        /** The file is closed and has its final name. */
        RENAMED,
        /** The file had nothing in it and is gone. */
        DELETED,
        /** Somebody else has renamed or deleted it. */
        GONE,
        /** The file system is still busy with it; call again. */
        PENDING
    }

    private UnclosedFile(Path inUse, FileNames names, LongSupplier counter, FSDataOutputStream out, long stored) {
        this.inUse = inUse;
        this.names = names;
        this.counter = counter;
        this.out = out;
        this.stored = stored;
    }

    /**
     * A file of this process.
     *
     * @param out the open file
     * @param stored how many bytes of it were stored
     * @param counter gives the next number where the final name is taken
     */
    static UnclosedFile own(Path inUse, FileNames names, LongSupplier counter, FSDataOutputStream out, long stored) {
        return new UnclosedFile(inUse, names, counter, out, stored);
    }

    /** A file that a dead writer left; all of it is kept. */
    static UnclosedFile leftBehind(Path inUse, FileNames names, LongSupplier counter) {
        return new UnclosedFile(inUse, names, counter, null, UNKNOWN);
    }

    Path path() {
        return inUse;
    }

    /**
     * Goes on towards the end. Blocks.
     *
     * @throws IOException when the file system fails; call again later
     */
    Progress close(FileSystem fileSystem) throws IOException {
        closeStream();
        try {
            if (!ready && !isClosed(fileSystem)) {
                return Progress.PENDING;
            }
            if (!ready) {
                long length = cut(fileSystem, fileSystem.getFileStatus(inUse));
                if (length == UNKNOWN) {
                    return Progress.PENDING;
                }
                if (length == 0) {
                    fileSystem.delete(inUse, false);
                    return Progress.DELETED;
                }
                ready = true;
            }
            rename(fileSystem);
            return Progress.RENAMED;
        } catch (FileNotFoundException e) {
            return gone(fileSystem);
        }
    }

    /** Whatever it throws, the stream is of no use any more; the file is dealt with by its name then. */
    private void closeStream() {
        if (out == null) {
            return;
        }
        FSDataOutputStream closing = out;
        out = null;
        try {
            boolean exact = closing.getPos() == stored && stored > 0;
            closing.close();
            ready = exact;
        } catch (IOException e) {
            LOG.info("{} could not be closed in the usual way: {}", inUse, HdfsStore.message(e));
        }
    }

    private boolean isClosed(FileSystem fileSystem) throws IOException {
        return !(fileSystem instanceof LeaseRecoverable leases)
                || leases.isFileClosed(inUse)
                || leases.recoverLease(inUse);
    }

    /** Returns the length when the file is as it is to be, or UNKNOWN while the file system is busy. */
    private long cut(FileSystem fileSystem, FileStatus status) throws IOException {
        long length = status.getLen();
        if (stored == UNKNOWN || length == stored) {
            return length;
        }
        if (length < stored) {
            LOG.error(
                    "{} has {} bytes, though {} were acknowledged: the file system has lost the rest",
                    inUse,
                    length,
                    stored);
            return length;
        }
        if (stored == 0) {
            return 0;
        }
        try {
            return fileSystem.truncate(inUse, stored) ? stored : UNKNOWN;
        } catch (UnsupportedOperationException e) {
            LOG.warn("{} keeps {} bytes that will come again: {}", inUse, length - stored, e.getMessage());
            return length;
        }
    }

    private void rename(FileSystem fileSystem) throws IOException {
        Path target = target();
        // The look comes first because a local file system renames over what is there.
        while (fileSystem.exists(target)) {
            FileNames.Parsed name = names.parse(inUse.getName()).orElseThrow();
            target = new Path(inUse.getParent(), names.closed(name.prefix(), name.startMillis(), counter.getAsLong()));
        }
        if (!fileSystem.rename(inUse, target)) {
            if (!fileSystem.exists(inUse)) {
                throw new FileNotFoundException(inUse.toString());
            }
            throw new IOException("cannot rename " + inUse + " to " + target.getName() + ": the file system refused");
        }
    }

    /** Usually a collector that took this one for dead has given the file its final name. */
    private Progress gone(FileSystem fileSystem) throws IOException {
        if (stored > 0) {
            Path target = target();
            if (fileSystem.exists(target) && fileSystem.getFileStatus(target).getLen() >= stored) {
                LOG.info("{} was closed and renamed by another collector, which took this one for dead", inUse);
            } else {
                LOG.error(
                        "{} is gone, and with it {} bytes that were acknowledged: somebody has deleted or moved it",
                        inUse,
                        stored);
            }
        }
        return Progress.GONE;
    }

    private Path target() {
        return new Path(inUse.getParent(), names.closed(inUse.getName()));
    }
}
