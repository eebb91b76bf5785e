package org.millrace.sink.hdfs;

/** An event that this store can never take, for a reason that lies in the event. */
final class UnstorableException extends Exception {
    private final String reason;

    /**
     * Without a stack trace: it is a verdict on an event, and there may be many.
     *
     * @param reason one of the fixed texts of {@link BucketChooser}, which is the counter's tag
     */
    UnstorableException(String reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
