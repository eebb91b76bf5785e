package org.millrace.source.spool;

/** The state that a source kept on disk cannot be used. The message tells what to do. */
public abstract class SpoolStateException extends RuntimeException {
    SpoolStateException(String message) {
        super(message);
    }
}
