package org.millrace.source.spool;

import java.nio.file.Path;

/**
 * The progress file is not what was written. The source does not start: to guess would lose events
 * or send files again that nobody expects again.
 */
public final class DamagedProgressException extends SpoolStateException {
    DamagedProgressException(Path file, String why) {
        super("progress file " + PathText.shown(file) + " cannot be used: " + why
                + ". Restore it from a backup, or move it away to start anew; files that are still in the spool"
                + " directory are then sent again from their beginning");
    }
}
