package org.millrace.topology;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory that holds everything that a run leaves behind. It is marked as ours by a file in it,
 * which is locked while somebody runs there; a directory without the mark is neither used, unless it is
 * empty, nor removed. Closing it gives the lock away.
 */
public final class StateDirectory implements AutoCloseable {
    private static final String MARK = ".millrace-state";

    private final Path path;
    private final FileChannel mark;

    private StateDirectory(Path path, FileChannel mark) {
        this.path = path;
        this.mark = mark;
    }

    /**
     * Makes the directory where it is missing, and takes it.
     *
     * @throws CannotRunException when it cannot be written, is used by another run, or is not ours
     */
    public static StateDirectory take(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(path);
            if (!Files.exists(path.resolve(MARK)) && !isEmpty(path)) {
                throw new CannotRunException(
                        path + " has other files in it: name an empty or a new one with --directory");
            }
            return new StateDirectory(path, lock(path));
        } catch (IOException e) {
            throw new CannotRunException(
                    path + " cannot be written (" + e + "): name one that can with --directory", e);
        }
    }

    /**
     * Removes the directory with everything in it.
     *
     * @return whether there was one
     * @throws CannotRunException when it is used by a run, is not ours, or cannot be removed
     */
    public static boolean remove(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            return false;
        }
        if (!Files.exists(path.resolve(MARK))) {
            throw new CannotRunException(path + " was not made by millrace: look at it and remove it yourself");
        }
        try (StateDirectory taken = new StateDirectory(path, lock(path))) {
            taken.empty(true);
            Files.delete(path);
            return true;
        } catch (IOException e) {
            throw new CannotRunException(path + " cannot be removed (" + e + "): remove it yourself", e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel mark = FileChannel.open(path.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Optional<FileLock> lock;
        try {
            lock = Optional.ofNullable(mark.tryLock());
        } catch (OverlappingFileLockException takenInThisJvm) {
            lock = Optional.empty();
        }
        if (lock.isEmpty()) {
            mark.close();
            throw new CannotRunException(
                    "another run uses " + path + ": end it first, or name another directory with --directory");
        }
        return mark;
    }

    private static boolean isEmpty(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /** Removes what is in it and keeps it. */
    public void empty() {
        try {
            empty(false);
        } catch (IOException e) {
            throw new CannotRunException(path + " cannot be emptied (" + e + "): remove it yourself", e);
        }
    }

    private void empty(boolean markToo) throws IOException {
        Path markFile = path.resolve(MARK);
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (markToo || !file.equals(markFile)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!left.equals(path)) {
                    Files.delete(left);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() {
        try {
            mark.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close " + path.resolve(MARK), e);
        }
    }
}
