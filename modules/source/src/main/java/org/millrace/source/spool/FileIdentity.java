package org.millrace.source.spool;

import java.time.Instant;
import java.util.Optional;

/**
 * What tells that a file is still the one that was picked up, unchanged. The device is left out: its
 * number may be another after a reboot.
 *
 * @param size in bytes
 * @param modified time of the last change of the content
 * @param inode number of the inode
 */
record FileIdentity(long size, Instant modified, long inode) {

    /** How {@code now}, found under the same path, differs from this; empty where it does not. */
    Optional<FileChange> changeTo(FileIdentity now) {
        if (inode != now.inode) {
            return Optional.of(FileChange.REPLACED);
        }
        if (now.size > size) {
            return Optional.of(FileChange.GROWN);
        }
        if (now.size < size) {
            return Optional.of(FileChange.SHRUNK);
        }
        return modified.equals(now.modified) ? Optional.empty() : Optional.of(FileChange.REWRITTEN);
    }
}
