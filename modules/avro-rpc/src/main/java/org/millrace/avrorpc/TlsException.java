package org.millrace.avrorpc;

/** TLS cannot be used as it is configured; the message says what to mend. */
public final class TlsException extends RuntimeException {
    public TlsException(String message) {
        super(message);
    }

    public TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
