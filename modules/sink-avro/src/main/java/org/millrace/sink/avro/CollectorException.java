package org.millrace.sink.avro;

/** A collector did not take events; the message says why, for people. */
final class CollectorException extends RuntimeException {
    CollectorException(String message, Throwable cause) {
        super(message, cause);
    }
}
