package org.millrace.source.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * One look at a file.
 *
 * @param identity size, time and inode
 * @param touched the inode's change time: changes with the content, the permissions and the owner
 * @param regular false for a directory, a pipe, a device and the like
 */
record FileStat(FileIdentity identity, Instant touched, boolean regular) {

    /**
     * Looks at {@code path}, through symbolic links.
     *
     * @throws NoSuchFileException when nothing is there, or only a link that leads nowhere
     */
    static FileStat of(Path path) throws IOException {
        return read(path);
    }

    /** Looks at {@code path} itself even where it is a symbolic link. */
    static FileStat ofLink(Path path) throws IOException {
        return read(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Checks that {@code path} still is the file that was picked up.
     *
     * @throws FileChangedException when it is not
     */
    static void requireUnchanged(Path path, FileIdentity pickedUp) throws IOException {
        FileChange change;
        try {
            change = pickedUp.changeTo(of(path).identity()).orElse(null);
        } catch (NoSuchFileException e) {
            change = FileChange.VANISHED;
        }
        if (change != null) {
            throw new FileChangedException(change);
        }
    }

    private static FileStat read(Path path, LinkOption... options) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(path, "unix:ino,size,lastModifiedTime,ctime,isRegularFile", options);
        FileIdentity identity = new FileIdentity(
                (Long) found.get("size"), instant(found.get("lastModifiedTime")), (Long) found.get("ino"));
        return new FileStat(identity, instant(found.get("ctime")), (Boolean) found.get("isRegularFile"));
    }

    private static Instant instant(Object fileTime) {
        return ((FileTime) fileTime).toInstant();
    }
}
