package org.millrace.sink;

import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Counts a sink's failures in a row and knows which of them are worth a line in the log. */
final class Failures {
    private int count;
    private Instant since = Instant.EPOCH;
    private String lastTold = "";

    /** Another one, without anything stored since the one before. */
    void add(Instant now) {
        count++;
        if (count == 1) {
            since = now;
        }
    }

    /** Something was stored. */
    void over() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** When the first of the row was met, or of the last one where it is over. */
    Instant since() {
        return since;
    }

    /** Whether to tell people: at the 1st, 2nd, 4th, 8th ... in a row, and when the reason is another. */
    boolean isWorthTelling(String reason) {
        if (Integer.bitCount(count) == 1 || !reason.equals(lastTold)) {
            lastTold = reason;
            return true;
        }
        return false;
    }

    /** The innermost message that says something: what wraps it adds class names only. */
    static String reason(Throwable failure) {
        Throwable at = failure;
        while ((at instanceof CompletionException || at instanceof ExecutionException) && at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage() == null || at.getMessage().isBlank() ? at.toString() : at.getMessage();
    }
}
