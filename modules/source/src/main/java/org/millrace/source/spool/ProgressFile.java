package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a source's progress file and the lock beside it; what the file says is {@link ProgressText}'s
 * matter.
 *
 * <p>A write goes over the older of the file's two copies, and forces that to disk: of all ways to make something
 * durable, the one with the least work for file system and disk. Where that cannot be done, because this is the first
 * write of a run, or after one that failed, or the copy does not fit, or the file was moved away or cut, the file is
 * replaced as a whole, with the same in both copies: a temporary file is written and forced to disk, renamed over the
 * old one, and the directory is forced. After a crash there is the old progress or the new one.
 */
final class ProgressFile implements Closeable {
    /**
     * The locks held by this process. The system's lock alone will not do inside one process: closing
     * any channel of a file gives up every lock that the process has on it, so a second source must
     * not even open the lock file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);
    /** So that no disk block has something of both copies. */
    private static final int SMALLEST_ROOM = 4096;

    private final Path file;
    private final Path temporary;
    private final Path lock;
    private final FileChannel lockChannel;
    /** How many writes there were, those of earlier runs included. */
    private long writes;
    /** The file, when this run has made it; its two copies take turns. */
    private Optional<TwoCopies> copies = Optional.empty();

    /**
     * A progress file that is written in place.
     *
     * @param room for each copy, in bytes
     */
    private record TwoCopies(FileChannel channel, long inode, int room) {}

    private ProgressFile(Path file, Path lock, FileChannel lockChannel) {
        this.file = file;
        this.temporary = file.resolveSibling(file.getFileName() + ".tmp");
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
            ProgressText.Written written = ProgressText.decode(bytes);
            forceFound();
            writes = written.write();
            written.damage()
                    .ifPresent(damage -> LOG.warn(
                            "one of the two copies in progress file {} is damaged: {}. The other is used; files that"
                                    + " were picked up last may be sent again",
                            PathText.shown(file),
                            damage));
            return written.progress();
        } catch (IllegalArgumentException e) {
            DamagedProgressException damaged = new DamagedProgressException(file, e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    /**
     * A run that was killed may have written the file and not yet forced it to disk. Needs no room there, for where
     * that lacks, files that are complete may be about to be deleted.
     */
    private void forceFound() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        forceDirectory(file.getParent());
    }

    /** Writes the progress to disk; it is durable when this returns. */
    void write(Progress progress) throws IOException {
        byte[] copy = ProgressText.encode(progress, writes + 1);
        Optional<TwoCopies> inPlace = copies.filter(two -> copy.length <= two.room() && isStill(two));
        if (inPlace.isPresent()) {
            writeInPlace(inPlace.get(), copy);
        } else {
            replace(copy);
        }
        writes++;
    }

    private void writeInPlace(TwoCopies two, byte[] copy) throws IOException {
        try {
            writeFully(two.channel(), copy, (writes + 1) % 2 * two.room());
            two.channel().force(false);
        } catch (IOException | RuntimeException e) {
            // The other copy counts until the file is replaced. This channel may never be good for anything again.
            try {
                closeCopies();
            } catch (IOException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    /** Whether the file that has these copies is the one that the next run will find, and as large. */
    private boolean isStill(TwoCopies two) {
        try {
            FileIdentity found = FileStat.ofLink(file).identity();
            return found.inode() == two.inode() && found.size() == 2L * two.room();
        } catch (IOException e) {
            return false;
        }
    }

    private void replace(byte[] copy) throws IOException {
        // So that a progress which grows does not come back here soon.
        int room = Math.max(SMALLEST_ROOM, 2 * Integer.highestOneBit(copy.length));
        FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            // All of it, so that no later write can lack room on the disk.
            for (byte[] block = new byte[SMALLEST_ROOM]; channel.size() < 2L * room; ) {
                writeFully(channel, block, channel.size());
            }
            // Twice, so that a copy which turns out empty is known for damaged.
            writeFully(channel, copy, 0);
            writeFully(channel, copy, room);
            channel.force(true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(file.getParent());
            long inode = FileStat.ofLink(file).identity().inode();
            closeCopies();
            copies = Optional.of(new TwoCopies(channel, inode, room));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void closeCopies() throws IOException {
        if (copies.isPresent()) {
            FileChannel old = copies.get().channel();
            copies = Optional.empty();
            old.close();
        }
    }

    private static void writeFully(FileChannel channel, byte[] bytes, long offset) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, offset + buffer.position());
        }
    }

    /** Where the progress lies. */
    Path path() {
        return file;
    }

    /** Gives up the lock. */
    @Override
    public void close() throws IOException {
        try {
            closeCopies();
        } finally {
            unlock(lock, lockChannel);
        }
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
