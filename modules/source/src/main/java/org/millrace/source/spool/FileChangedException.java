package org.millrace.source.spool;

import java.io.IOException;

/** A file in hand is not what was picked up any more. */
final class FileChangedException extends IOException {
    private final FileChange change;

    FileChangedException(FileChange change) {
        super(change.text());
        this.change = change;
    }

    FileChange change() {
        return change;
    }
}
