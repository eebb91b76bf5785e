package org.millrace.source.spool;

import java.nio.file.Path;

/**
 * A file at rest that may be picked up.
 *
 * @param path absolute
 * @param identity what it is now
 */
record FoundFile(Path path, FileIdentity identity) {
    boolean isEmpty() {
        return identity.size() == 0;
    }
}
