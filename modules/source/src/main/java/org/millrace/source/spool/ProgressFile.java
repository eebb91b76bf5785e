package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Owns a source's progress file and the lock beside it; what the file says is {@link ProgressText}'s
 * matter.
 *
 * <p>The file is only ever replaced as a whole: a temporary file is written and forced to disk,
 * renamed over the old one, and the directory is forced. After a crash there is the old progress or
 * the new one.
 *
 * <p>The file that is replaced keeps another name, and is the next temporary file: a new one each time would
 * be a new inode, for which ext4 looks past all that were deleted within the last minutes, and a spool
 * directory deletes many.
 */
final class ProgressFile implements Closeable {
    /**
     * The locks held by this process. The system's lock alone will not do inside one process: closing
     * any channel of a file gives up every lock that the process has on it, so a second source must
     * not even open the lock file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path temporary;
    private final Path spare;
    private final Path lock;
    private final FileChannel lockChannel;
    /** What is at {@link #spare} was replaced, durably so, by this object: it may be written over. */
    private boolean hasSpare;

    private ProgressFile(Path file, Path lock, FileChannel lockChannel) {
        this.file = file;
        this.temporary = file.resolveSibling(file.getFileName() + ".tmp");
        this.spare = file.resolveSibling(file.getFileName() + ".spare");
        this.lock = lock;
        this.lockChannel = lockChannel;
    }

    /**
     * Locks the state of a source. Creates the directory where it is missing.
     *
     * @throws StateInUseException when somebody else has it
     */
    static ProgressFile lock(Path stateDirectory, String source) throws IOException {
        Path directory = Files.createDirectories(stateDirectory).toRealPath();
        String name = URLEncoder.encode(source, StandardCharsets.UTF_8);
        Path lock = directory.resolve(name + ".lock");
        if (!HELD.add(lock)) {
            throw new StateInUseException(lock);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                throw new StateInUseException(lock);
            }
            return new ProgressFile(directory.resolve(name + ".progress"), lock, channel);
        } catch (IOException | RuntimeException e) {
            unlock(lock, channel);
            throw e;
        }
    }

    /**
     * The progress on disk. Where there is none, a new incarnation begins, and is on disk when this
     * returns.
     *
     * @throws DamagedProgressException when the file is not what was written
     */
    Progress load() throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            Progress start = Progress.start(new SecureRandom().nextLong());
            write(start);
            return start;
        }
        try {
            return ProgressText.decode(bytes);
        } catch (IllegalArgumentException e) {
            DamagedProgressException damaged = new DamagedProgressException(file, e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    /** Replaces the progress on disk; it is durable when this returns. */
    void write(Progress progress) throws IOException {
        takeSpare();
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(ProgressText.encode(progress));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.truncate(bytes.limit());
            channel.force(true);
        }
        boolean kept = keepAsSpare();
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(file.getParent());
        hasSpare = kept;
    }

    private void takeSpare() throws IOException {
        boolean free = hasSpare;
        hasSpare = false;
        if (free && Files.notExists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(spare, temporary, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Gives the file that is about to be replaced its other name, where the file system can. */
    private boolean keepAsSpare() throws IOException {
        Files.deleteIfExists(spare);
        try {
            Files.createLink(spare, file);
            return true;
        } catch (UnsupportedOperationException | FileSystemException none) {
            // No links here, or nothing to replace: then the next temporary file is a new one.
            return false;
        }
    }

    /** Where the progress lies. */
    Path path() {
        return file;
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        unlock(lock, lockChannel);
    }

    /** Makes what was created, renamed or deleted in {@code directory} durable. */
    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // This process has it, under another class loader.
            return false;
        }
    }

    private static void unlock(Path lock, FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(lock);
        }
    }
}
