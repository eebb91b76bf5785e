package org.millrace.source.spool;

import org.millrace.source.SourceRefusedException;

/** The state that a source kept on disk cannot be used. The message tells what to do. */
public abstract class SpoolStateException extends SourceRefusedException {
    SpoolStateException(String message) {
        super(message);
    }
}
