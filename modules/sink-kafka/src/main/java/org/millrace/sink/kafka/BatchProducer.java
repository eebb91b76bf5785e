package org.millrace.sink.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.Done;
import org.millrace.event.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer of whole batches, for the stage of Pekko Connectors Kafka, on top of a producer of
 * records. Differs from a plain one in three ways:
 *
 * <ul>
 *   <li>It confirms a batch once, when every event of it is stored or recorded as a dead letter. The
 *       stage makes a promise and a message to its stream for each confirmation; with one an event, a
 *       million events took 2.5 to 3.0 CPU seconds, with one a batch 1.3 to 1.5.
 *   <li>It never blocks the stream: all that may block runs on other threads, sends one after
 *       another in the order of the batches.
 *   <li>A record that Kafka can never take fails nothing: it becomes a dead letter.
 * </ul>
 *
 * <p>After any other failure nothing more is sent, or a later batch could be stored before an earlier
 * one; the stage then closes this producer.
 */
final class BatchProducer implements Producer<Void, EventBatch> {
    /** What an orderly close may take: everything is confirmed by then. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /**
     * What may be sent and not confirmed. Kafka's client keeps some objects for each record of it, which every
     * collection of the young generation copies: with twice as much, these took one and a half times as long.
     * It does for 200 MB/s with the 10 ms that a request takes, and for 20 MB/s with 100 ms.
     */
    private static final long BYTES_IN_FLIGHT = 2 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(BatchProducer.class);
    private static final RecordMetadata STORED = new RecordMetadata(new TopicPartition("", -1), -1, -1, -1, -1, -1);

    private final KafkaSettings settings;
    private final Rejections rejections;
    private final Supplier<Producer<byte[], byte[]>> factory;
    private final Executor threads;
    private final SerialExecutor sender;
    /** Used by the sender's tasks alone. */
    private final InFlightLimit inFlight = new InFlightLimit(BYTES_IN_FLIGHT);

    private final Set<BatchSend> underWay = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Done> closed = new CompletableFuture<>();
    /** Events given to this producer; written by the stream alone. */
    private final AtomicLong given = new AtomicLong();

    private SplitWatch splits = SplitWatch.START;
    private volatile boolean closing;
    private volatile Exception broken;
    /** Made by the sender's first task, on a thread that may block: making one looks up host names. */
    private volatile Producer<byte[], byte[]> records;

    /**
     * Makes no producer of records before {@link #connect} or the first batch.
     *
     * @param threads for everything that may block
     */
    BatchProducer(
            KafkaSettings settings,
            Rejections rejections,
            Supplier<Producer<byte[], byte[]>> factory,
            Executor threads) {
        this.settings = settings;
        this.rejections = rejections;
        this.factory = factory;
        this.threads = threads;
        this.sender = new SerialExecutor(threads);
    }

    /**
     * Connects, and learns where the topic is, before the first batch comes: a lane that moves here then
     * waits for neither.
     */
    void connect(String topic) {
        sender.execute(() -> {
            try {
                List<PartitionInfo> unused = target().partitionsFor(topic);
            } catch (KafkaException | LinkageError e) {
                LOG.debug("the first batch will meet this and tell", e);
            }
        });
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Void, EventBatch> batch, Callback callback) {
        BatchSend send = new BatchSend(batch.value(), callback);
        given.addAndGet(batch.value().size());
        underWay.add(send);
        sender.execute(() -> inFlight.send(batch.value().bytes(), () -> begin(send)));
        return send.confirmed;
    }

    private void begin(BatchSend send) {
        send.start();
        CompletableFuture<RecordMetadata> unused = send.confirmed.whenComplete(
                (stored, failure) -> sender.execute(() -> inFlight.ended(send.batch.bytes())));
    }

    /** One batch on its way. */
    private final class BatchSend {
        private final EventBatch batch;
        private final Callback callback;
        private final CompletableFuture<RecordMetadata> confirmed = new CompletableFuture<>();
        /** Events not yet stored or recorded. */
        private final AtomicInteger open;

        private final AtomicBoolean ended = new AtomicBoolean();

        BatchSend(EventBatch batch, Callback callback) {
            this.batch = batch;
            this.callback = callback;
            this.open = new AtomicInteger(batch.size());
        }

        void start() {
            try {
                Producer<byte[], byte[]> target = target();
                RecordMaker maker = new RecordMaker(settings, batch);
                for (int i = 0; i < batch.size() && broken == null; i++) {
                    send(i, maker, target);
                }
                if (broken != null) {
                    fail(broken);
                }
            } catch (Exception | LinkageError e) {
                fail(e);
            }
        }

        private void send(int index, RecordMaker maker, Producer<byte[], byte[]> target) {
            if (rejections.contains(batch, index)) {
                done();
                return;
            }
            Optional<ProducerRecord<byte[], byte[]>> record = maker.record(index);
            if (record.isEmpty()) {
                reject(index, "no-topic", "no header " + settings.topicHeader().orElse("") + " and no topic set");
                return;
            }
            try {
                // The callback hears all that the future would.
                Future<RecordMetadata> unused = target.send(record.get(), (metadata, error) -> completed(index, error));
            } catch (KafkaException e) {
                completed(index, e);
            }
        }

        /** On the sender's thread, or on the producer's own, which must not be held up. */
        private void completed(int index, Exception error) {
            if (error == null) {
                done();
                return;
            }
            Optional<String> reason = KafkaErrors.permanentReason(error);
            if (reason.isPresent()) {
                sender.execute(() -> reject(index, reason.get(), KafkaErrors.describe(error)));
            } else {
                fail(error);
            }
        }

        private void reject(int index, String reason, String detail) {
            try {
                rejections.record(batch, index, reason, detail);
                done();
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }

        private void done() {
            if (open.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
                underWay.remove(this);
                confirmed.complete(STORED);
                callback.onCompletion(STORED, null);
            }
        }

        private void fail(Throwable error) {
            Exception cause = error instanceof Exception exception
                    ? exception
                    : new KafkaException("Kafka's client lacks a library: " + error, error);
            if (broken == null) {
                broken = cause;
            }
            if (ended.compareAndSet(false, true)) {
                confirmed.completeExceptionally(cause);
                callback.onCompletion(null, cause);
            }
        }
    }

    /**
     * Looks, about every second, whether the producer is caught in splitting its requests.
     *
     * @return whether it is; the stream then fails with {@code message}
     */
    boolean failIfSplitting(String message) {
        long open = 0;
        for (BatchSend send : underWay) {
            open += send.open.get();
        }
        splits = splits.look(given.get() - open, metric("batch-split-total"));
        if (splits.stuck()) {
            underWay.forEach(send -> send.fail(new KafkaException(message)));
        }
        return splits.stuck();
    }

    /** The value of one of Kafka's producer metrics; 0 while there is none. */
    double metric(String name) {
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics().entrySet()) {
            if (metric.getKey().group().equals("producer-metrics")
                    && metric.getKey().name().equals(name)
                    && metric.getValue().metricValue() instanceof Double value
                    && !value.isNaN()) {
                return value;
            }
        }
        return 0;
    }

    private Producer<byte[], byte[]> target() {
        if (closing) {
            throw new KafkaException("closed before everything was sent");
        }
        if (records == null) {
            records = factory.get();
        }
        return records;
    }

    /**
     * Does nothing: the stage calls it before {@link #close(Duration)}, and it would wait for as long
     * as Kafka is away. Closing waits for what it must.
     */
    @Override
    public void flush() {}

    @Override
    public void close() {
        close(CLOSE_LIMIT);
    }

    /**
     * Begins to close, and does not wait for the end; see {@link #closed()}. What is not confirmed is
     * dropped: it will be sent again, and must not be stored behind our back until then.
     */
    @Override
    public void close(Duration ignored) {
        if (closing) {
            return;
        }
        closing = true;
        threads.execute(() -> {
            // Also frees a sender that is blocked.
            closeRecords(underWay.isEmpty() ? CLOSE_LIMIT : Duration.ZERO);
            sender.execute(() -> {
                // The sender may just have made it, and now has done all that it ever will.
                closeRecords(Duration.ZERO);
                closed.complete(Done.getInstance());
            });
        });
    }

    private void closeRecords(Duration limit) {
        Producer<byte[], byte[]> target = records;
        if (target == null) {
            return;
        }
        try {
            target.close(limit);
        } catch (KafkaException | LinkageError e) {
            // By then it sends nothing more. Its interceptors and reporters, which a user may add, can fail here.
            LOG.warn(
                    "sink {}: Kafka's producer did not close in order",
                    settings.sink().name(),
                    e);
        }
    }

    /** Completes when nothing of this producer can be stored any more. */
    CompletionStage<Done> closed() {
        return given.get() > 0 ? closed : CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Void, EventBatch> batch) {
        return send(batch, (metadata, error) -> {});
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        throw unsupported();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        Producer<byte[], byte[]> target = records;
        return target == null ? Map.of() : target.metrics();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw unsupported();
    }

    @Override
    public void initTransactions() {
        throw unsupported();
    }

    @Override
    public void beginTransaction() {
        throw unsupported();
    }

    @Override
    @Deprecated
    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, String consumerGroupId) {
        throw unsupported();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw unsupported();
    }

    @Override
    public void commitTransaction() {
        throw unsupported();
    }

    @Override
    public void abortTransaction() {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("a producer of batches only sends");
    }
}
