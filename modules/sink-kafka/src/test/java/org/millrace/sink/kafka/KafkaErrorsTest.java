package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaErrorsTest {
    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new RecordTooLargeException("m"), "record-too-large"),
                Arguments.of(new RecordBatchTooLargeException("m"), "record-too-large"),
                Arguments.of(new InvalidTopicException("m"), "invalid-topic"),
                Arguments.of(new InvalidRecordException("m"), "invalid-record"),
                Arguments.of(new SerializationException("m"), "not-serializable"),
                Arguments.of(new ExecutionException(new RecordTooLargeException("m")), "record-too-large"),
                Arguments.of(new CompletionException(new InvalidTopicException("m")), "invalid-topic"),
                Arguments.of(new TimeoutException("m"), null),
                Arguments.of(new NetworkException("m"), null),
                Arguments.of(new NotEnoughReplicasException("m"), null),
                Arguments.of(new UnknownTopicOrPartitionException("somebody may create it"), null),
                Arguments.of(new TopicAuthorizationException("somebody may grant it"), null),
                Arguments.of(new ClusterAuthorizationException("m"), null),
                Arguments.of(new SaslAuthenticationException("m"), null),
                Arguments.of(new InvalidTimestampException("a clock may be set right"), null),
                Arguments.of(new CorruptRecordException("the wire, not the record"), null),
                Arguments.of(new OutOfOrderSequenceException("m"), null),
                Arguments.of(new KafkaException("part of a batch with invalid records"), null),
                Arguments.of(new IllegalStateException("m"), null));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void shouldTellWhatNeverPassesFromWhatMay(Exception error, String reason) {
        assertThat(KafkaErrors.permanentReason(error).orElse(null)).isEqualTo(reason);
    }

    @Test
    void shouldSayWhatTheCausesSayOnce() {
        Exception error = new ExecutionException(
                new KafkaException("Failed to construct", new ConfigException("No resolvable urls")));
        assertThat(KafkaErrors.describe(error)).isEqualTo("Failed to construct: No resolvable urls");
        assertThat(KafkaErrors.describe(new KafkaException("same", new KafkaException("same"))))
                .isEqualTo("same");
        assertThat(KafkaErrors.describe(new NullPointerException())).isEqualTo("NullPointerException");
    }
}
