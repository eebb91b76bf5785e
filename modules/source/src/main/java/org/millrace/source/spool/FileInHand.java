package org.millrace.source.spool;

import java.nio.file.Path;

/**
 * A file that was picked up and is not done with.
 *
 * @param ordinal its number among all files of the source: the generation of its events' positions
 * @param path where it was picked up
 * @param identity what it was then
 * @param maxEvent the longest event in bytes, as it was then: it decides where long lines are cut,
 *     and a position must mean the same event after a restart with other settings
 */
record FileInHand(long ordinal, Path path, FileIdentity identity, int maxEvent) {
    long size() {
        return identity.size();
    }
}
