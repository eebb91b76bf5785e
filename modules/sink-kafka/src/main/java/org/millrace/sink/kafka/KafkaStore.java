package org.millrace.sink.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.VoidSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.kafka.ProducerMessage;
import org.apache.pekko.kafka.ProducerSettings;
import org.apache.pekko.kafka.javadsl.Producer;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;
import org.millrace.event.EventBatch;
import org.millrace.sink.DeadLetters;
import org.millrace.sink.Store;
import org.millrace.telemetry.Telemetry;

/**
 * Stores each event as one record in Kafka. A batch counts as stored when Kafka acknowledged every
 * record of it, by default from all in-sync replicas.
 *
 * <p><b>Order.</b> Records are sent in the order of the channel, and retries keep it, in each
 * partition. <b>Outages</b> are waited out by the producer itself, without sending anything twice.
 * <b>Duplicates</b> come only of a flow that ends while records are under way: those that Kafka
 * stored and could not acknowledge any more are sent again.
 *
 * <p>What Kafka can never take becomes a dead letter: records that are too large for the producer or
 * for the topic, or without a valid topic.
 */
public final class KafkaStore implements Store {
    /** Batches given to the producer and not confirmed; how many bytes it sends of them is its own affair. */
    private static final int BATCHES_UNDER_WAY = 64;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int SMALLER_BY = 8;
    private static final String DISPATCHER = "millrace.sink.kafka.dispatcher";

    private final ActorSystem<?> system;
    private final KafkaSettings settings;
    private final Rejections rejections;
    private final Executor threads;
    private final ProducerSettings<Void, EventBatch> producer;
    /** Of the flow that runs, or ran last. */
    private volatile BatchProducer latest;

    /** As set, or less where a topic takes less. */
    private volatile int batchSize;

    private KafkaStore(KafkaSettings settings, DeadLetters letters, ActorSystem<?> system) {
        this.system = system;
        this.settings = settings;
        this.batchSize = Integer.parseInt(settings.producer().get(ProducerConfig.BATCH_SIZE_CONFIG));
        this.rejections = new Rejections(letters);
        this.threads = system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
        this.producer = ProducerSettings.create(system, new VoidSerializer(), unusedSerializer())
                .withParallelism(BATCHES_UNDER_WAY)
                // The stage never blocks, so it needs no dispatcher of its own.
                .withDispatcher("")
                .withCloseTimeout(Duration.ZERO)
                .withProducerFactory(unused -> newProducer());
    }

    /**
     * A store that connects to nothing yet.
     *
     * @param letters keeps what Kafka can never take
     */
    public static KafkaStore create(
            KafkaSettings settings, DeadLetters letters, Telemetry telemetry, ActorSystem<?> system) {
        KafkaStore store = new KafkaStore(settings, letters, system);
        Telemetry.Part meters = telemetry.part("sink", settings.sink().name());
        meters.gauge("kafka.retries", () -> store.metric("record-retry-total"));
        meters.gauge("kafka.latency.ms", () -> store.metric("request-latency-avg"));
        meters.gauge("kafka.buffer.free", () -> store.metric("buffer-available-bytes"));
        return store;
    }

    /**
     * Makes a client as a store does, and lets it go: the first one in a JVM takes some tenths of a second. Asks
     * nothing of the cluster; blocks.
     *
     * @throws org.apache.kafka.common.KafkaException when there can be no client
     */
    public static void rehearse(KafkaSettings settings) {
        ClusterProbe.rehearse(settings);
    }

    private BatchProducer newProducer() {
        Map<String, Object> properties = new HashMap<>(settings.producer());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchSize);
        Supplier<org.apache.kafka.clients.producer.Producer<byte[], byte[]>> records =
                () -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        BatchProducer made = new BatchProducer(settings, rejections, records, threads);
        settings.topic().ifPresent(made::connect);
        rehearse();
        latest = made;
        return made;
    }

    /** Once, while the first producer connects. */
    private void rehearse() {
        if (latest == null && settings.topic().isPresent()) {
            threads.execute(() -> RecordRehearsal.run(settings, rejections));
        }
    }

    /** Never called: batches are taken apart before anything is serialized. */
    private static org.apache.kafka.common.serialization.Serializer<EventBatch> unusedSerializer() {
        return (topic, batch) -> {
            throw new UnsupportedOperationException("a batch is no record");
        };
    }

    /**
     * Asks the cluster whether it answers, once the flow before has let go of its records. Gives up
     * after 10 s.
     */
    @Override
    public CompletionStage<Done> probe() {
        BatchProducer before = latest;
        CompletionStage<Done> released =
                before == null ? CompletableFuture.completedFuture(Done.getInstance()) : before.closed();
        return released.thenApplyAsync(done -> ask(), threads);
    }

    /** Asks the cluster whether it answers. Gives up after 10 s. */
    @Override
    public CompletionStage<Done> probeIdle() {
        return CompletableFuture.supplyAsync(this::ask, threads);
    }

    private Done ask() {
        new ClusterProbe(settings).run();
        return Done.getInstance();
    }

    @Override
    public Flow<Transaction, Transaction, NotUsed> flow() {
        return Flow.<Transaction>create()
                .map(this::envelope)
                .via(Producer.flexiFlow(producer))
                .map(stored -> done(stored.passThrough()))
                .watchTermination((mat, end) -> {
                    lookUntil(end);
                    return mat;
                });
    }

    private void lookUntil(CompletionStage<Done> end) {
        Cancellable looks = system.scheduler()
                .scheduleWithFixedDelay(LOOK_EVERY, LOOK_EVERY, this::look, system.executionContext());
        end.whenComplete((done, failure) -> looks.cancel());
    }

    /** Batches name no topic: each of their events does. */
    private ProducerMessage.Envelope<Void, EventBatch, Transaction> envelope(Transaction transaction) {
        return ProducerMessage.single(new ProducerRecord<>(settings.sink().name(), transaction.batch()), transaction);
    }

    private Transaction done(Transaction transaction) {
        rejections.forget(transaction.batch());
        return transaction;
    }

    /** Makes room for topics that take less than {@code batch.size}; see {@link SplitWatch}. */
    private void look() {
        int smaller = batchSize / SMALLER_BY;
        BatchProducer running = latest;
        if (running != null
                && running.failIfSplitting("a topic takes less (max.message.bytes) than batch.size = " + batchSize
                        + "; going on with batch.size = " + smaller
                        + ", better set it in the sink's producer section")) {
            batchSize = smaller;
        }
    }

    private double metric(String name) {
        BatchProducer running = latest;
        return running == null ? 0 : running.metric(name);
    }
}
