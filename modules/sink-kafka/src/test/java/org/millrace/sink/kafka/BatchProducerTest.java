package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.event.EventBatch;
import org.millrace.event.RehearsalBatches;
import org.millrace.trial.FreePorts;

/** With Kafka's own stand-in for a producer where a test decides what is answered, and when. */
class BatchProducerTest {
    private static final EventBatch FIRST =
            Batches.of(1, Batches.event("1-0"), Batches.event("1-1"), Batches.event("1-2"));
    private static final EventBatch SECOND = Batches.of(2, Batches.event("2-0"));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<String> letters = new CopyOnWriteArrayList<>();
    private final Rejections rejections = new Rejections(
            (batch, index, reason, detail) -> letters.add(batch.event(index).bodyAsText() + " " + reason));
    private final List<String> confirmed = new CopyOnWriteArrayList<>();

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
    }

    @Test
    void shouldConfirmABatchOnceWhenAllItsEventsAreStored() {
        BatchProducer producer = producer(() -> kafka);
        send(producer, "first", FIRST);
        await().until(() -> kafka.history().size() == 3);
        kafka.completeNext();
        kafka.completeNext();
        assertThat(confirmed).isEmpty();
        kafka.completeNext();
        assertThat(confirmed).containsExactly("first stored");
    }

    @Test
    void shouldConfirmABatchWithADeadLetterWhenThatIsRecorded() {
        BatchProducer producer = producer(() -> kafka);
        send(producer, "first", FIRST);
        await().until(() -> kafka.history().size() == 3);
        kafka.completeNext();
        kafka.errorNext(new RecordTooLargeException("5 > 4"));
        kafka.completeNext();
        await().until(() -> !confirmed.isEmpty());
        assertThat(confirmed).containsExactly("first stored");
        assertThat(letters).containsExactly("1-1 record-too-large");
    }

    @Test
    void shouldFailTheBatchWhoseDeadLetterCannotBeRecorded() {
        Rejections full = new Rejections((batch, index, reason, detail) -> {
            throw new IOException("disk full");
        });
        BatchProducer producer = new BatchProducer(settings("localhost:1"), full, () -> kafka, threads);
        send(producer, "first", FIRST);
        await().until(() -> kafka.history().size() == 3);
        kafka.errorNext(new RecordTooLargeException("5 > 4"));
        await().until(() -> !confirmed.isEmpty());
        assertThat(confirmed).containsExactly("first failed: disk full");
    }

    @Test
    void shouldSendNoMoreThanTwoMegabytesAheadOfTheirConfirmation() {
        EventBatch large = Batches.of(1, Batches.event(new byte[1_500_000]));
        BatchProducer producer = new BatchProducer(settings("localhost:1"), rejections, () -> kafka, Runnable::run);
        send(producer, "first", SECOND);
        send(producer, "second", large);
        send(producer, "third", SECOND);
        send(producer, "fourth", large);
        assertThat(kafka.history()).as("the first goes alone").hasSize(1);
        kafka.completeNext();
        assertThat(kafka.history()).hasSize(3);
        kafka.completeNext();
        assertThat(kafka.history()).hasSize(4);
        assertThat(confirmed).containsExactly("first stored", "second stored");
    }

    @Test
    void shouldSendNothingMoreAfterAFailure() {
        BatchProducer producer = producer(() -> kafka);
        send(producer, "first", FIRST);
        await().until(() -> kafka.history().size() == 3);
        kafka.errorNext(new TopicAuthorizationException("no right"));
        assertThat(confirmed).containsExactly("first failed: no right");
        send(producer, "second", SECOND);
        await().until(() -> confirmed.size() == 2);
        assertThat(confirmed.get(1)).isEqualTo("second failed: no right");
        assertThat(kafka.history()).hasSize(3);
    }

    @Test
    void shouldNeitherSendNorRecordAgainWhatWasRecordedBeforeAFailure() {
        BatchProducer producer = producer(() -> kafka);
        send(producer, "first", FIRST);
        await().until(() -> kafka.history().size() == 3);
        kafka.errorNext(new RecordTooLargeException("5 > 4"));
        await().until(() -> !letters.isEmpty());
        kafka.errorNext(new TopicAuthorizationException("no right"));
        assertThat(confirmed).containsExactly("first failed: no right");

        kafka.clear();
        send(producer(() -> kafka), "again", FIRST);
        await().until(() -> kafka.history().size() == 2);
        kafka.completeNext();
        kafka.completeNext();
        await().until(() -> confirmed.contains("again stored"));
        assertThat(letters).containsExactly("1-0 record-too-large");

        rejections.forget(FIRST);
        assertThat(rejections.contains(FIRST, 0)).isFalse();
    }

    @Test
    void shouldFailBatchesWhenKafkasClientCannotBeMade() {
        send(
                producer(() -> {
                    throw new KafkaException("no such key store");
                }),
                "first",
                FIRST);
        await().until(() -> !confirmed.isEmpty());
        assertThat(confirmed).containsExactly("first failed: no such key store");
    }

    @Test
    void shouldConnectBeforeTheFirstBatchAndCloseWithoutOne() {
        AtomicBoolean made = new AtomicBoolean();
        BatchProducer producer = producer(() -> {
            made.set(true);
            return kafka;
        });
        producer.connect("t");
        await().untilTrue(made);
        producer.close();
        await().until(kafka::closed);
    }

    @Test
    void shouldNotBeHeldUpByAKafkaThatIsAway() {
        KafkaSettings settings = settings("127.0.0.1:" + FreePorts.take(1).get(0));
        BatchProducer producer = new BatchProducer(
                settings,
                rejections,
                () -> new KafkaProducer<>(
                        Map.copyOf(settings.producer()), new ByteArraySerializer(), new ByteArraySerializer()),
                threads);
        send(producer, "first", FIRST);
        producer.flush();
        await().until(() -> producer.metric("buffer-total-bytes") > 0);
        assertThat(producer.closed().toCompletableFuture()).isNotDone();

        producer.close(Duration.ZERO);

        await().until(() -> producer.closed().toCompletableFuture().isDone());
        assertThat(confirmed).singleElement().asString().startsWith("first failed: ");
    }

    @Test
    void shouldBeClosedAlsoWhereKafkasClientFailsToCloseInOrder() {
        BatchProducer producer =
                producer(() -> new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public void close(Duration timeout) {
                        throw new KafkaException("Failed to close kafka producer");
                    }
                });
        send(producer, "first", FIRST);
        await().until(() -> confirmed.contains("first stored"));
        producer.close();
        await().until(() -> producer.closed().toCompletableFuture().isDone());
    }

    @Test
    void shouldHaveNothingToCloseBeforeItIsUsed() {
        BatchProducer producer = producer(() -> kafka);
        assertThat(producer.closed().toCompletableFuture()).isDone();
        producer.close();
        assertThat(kafka.closed()).isFalse();
    }

    @Test
    void shouldRehearseWithoutABrokerAndWithoutADeadLetter() {
        MockProducer<byte[], byte[]> unsent =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        RecordRehearsal.run(settings("localhost:1"), rejections, unsent);
        assertThat(unsent.history()).hasSize(RecordRehearsal.BATCHES * RehearsalBatches.EVENTS);
        assertThat(letters).isEmpty();
    }

    private BatchProducer producer(Supplier<Producer<byte[], byte[]>> factory) {
        return new BatchProducer(settings("localhost:1"), rejections, factory, threads);
    }

    private static KafkaSettings settings(String servers) {
        return SinkUnderTest.settings(servers, "topic = t, producer { max.block.ms = 600000 }");
    }

    private void send(BatchProducer producer, String name, EventBatch batch) {
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>("sink", batch),
                (metadata, error) ->
                        confirmed.add(name + (error == null ? " stored" : " failed: " + error.getMessage())));
    }
}
