package org.millrace.avrorpc;

import java.io.IOException;

/**
 * The peer sent what this protocol has no place for; the connection is of no more use. The message
 * says what came and, where that can be known, what to change.
 */
public final class WireException extends IOException {
    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
