package org.millrace.sink.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Tells errors that a record will meet whenever it is sent from those that pass: outages, missing
 * topics and rights, wrong clocks. When in doubt an error passes, since somebody can mend it.
 */
final class KafkaErrors {
    private static final Map<Class<? extends Exception>, String> PERMANENT = new LinkedHashMap<>();

    static {
        PERMANENT.put(RecordTooLargeException.class, "record-too-large");
        PERMANENT.put(RecordBatchTooLargeException.class, "record-too-large");
        PERMANENT.put(InvalidTopicException.class, "invalid-topic");
        PERMANENT.put(InvalidRecordException.class, "invalid-record");
        PERMANENT.put(SerializationException.class, "not-serializable");
    }

    private KafkaErrors() {}

    /** The reason for the dead letter, where Kafka can never take the record. */
    static Optional<String> permanentReason(Throwable error) {
        Throwable at = error;
        while ((at instanceof CompletionException || at instanceof ExecutionException) && at.getCause() != null) {
            at = at.getCause();
        }
        for (Map.Entry<Class<? extends Exception>, String> permanent : PERMANENT.entrySet()) {
            if (permanent.getKey().isInstance(at)) {
                return Optional.of(permanent.getValue());
            }
        }
        return Optional.empty();
    }

    /** What an error says, with the causes that Kafka hides behind "failed to construct". */
    static String describe(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = error; at != null; at = at.getCause()) {
            boolean wrapper = at instanceof CompletionException || at instanceof ExecutionException;
            if (wrapper && at.getCause() != null) {
                continue;
            }
            String message = at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : ": ").append(message);
            }
        }
        return text.toString();
    }
}
