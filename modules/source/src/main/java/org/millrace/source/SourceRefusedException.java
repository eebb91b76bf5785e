package org.millrace.source;

/**
 * A source that must not run until somebody has mended something, such as a damaged state file: to go
 * on would lose events or store all of them again. The message says what to do.
 */
public class SourceRefusedException extends RuntimeException {
    public SourceRefusedException(String message) {
        super(message);
    }

    public SourceRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
