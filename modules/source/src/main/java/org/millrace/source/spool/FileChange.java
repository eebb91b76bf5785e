package org.millrace.source.spool;

import java.util.Locale;

/** What happened to a file that should have been left alone. */
enum FileChange {
    GROWN("has grown"),
    SHRUNK("has become shorter"),
    REWRITTEN("was written to"),
    REPLACED("was replaced by another file"),
    VANISHED("has vanished");

    private final String text;

    FileChange(String text) {
        this.text = text;
    }

    /** For a sentence: "the file ...". */
    String text() {
        return text;
    }

    /** For the tag of a counter. */
    String reason() {
        return name().toLowerCase(Locale.ROOT);
    }
}
