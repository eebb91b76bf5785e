package org.millrace.sink.avro;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;
import org.millrace.sink.RetryPolicy;
import org.millrace.sink.Store;
import org.millrace.telemetry.Telemetry;

/**
 * Flume's collectors, as a store: a batch counts as stored when collectors have answered OK to all its
 * events. Which collector gets a request, {@link CollectorChoice} says; what that answer is worth, the
 * collector's channel.
 *
 * <p><b>Order</b> is kept: there is one request at a time. <b>Duplicates</b> come of requests whose
 * answer got lost, since what happened to them cannot be known.
 */
public final class AvroStore implements Store {
    /** How long the others get once one collector has answered: time for a better one to do so too. */
    private static final Duration OTHERS = Duration.ofSeconds(1);

    private final AvroSettings settings;
    private final ActorSystem<?> system;
    private final Delivered delivered;
    /** Made by the last probe, for the next flow. */
    private volatile Opening opening = new Opening();

    /** Made by the last probe, of the files as they were then. */
    private volatile Optional<BiFunction<String, Integer, SSLEngine>> tls = Optional.empty();

    /** Probes in a row that nobody answered. */
    private volatile int failures;

    private volatile CompletionStage<Done> lastEnded = CompletableFuture.completedFuture(Done.getInstance());

    private AvroStore(AvroSettings settings, Telemetry telemetry, ActorSystem<?> system) {
        this.settings = settings;
        this.system = system;
        this.delivered = new Delivered(
                new RequestSize(settings.batchEvents(), settings.batchBytes()),
                telemetry.part("sink", settings.sink().name()));
    }

    /** A store that connects to nothing yet. */
    public static AvroStore create(AvroSettings settings, Telemetry telemetry, ActorSystem<?> system) {
        return new AvroStore(settings, telemetry, system);
    }

    /** Asks all collectors, once the connections of the flow before are closed; one that answers is enough. */
    @Override
    public CompletionStage<Done> probe() {
        opening.giveUp();
        return lastEnded
                .thenCompose(closed -> pause())
                .thenCompose(over -> readTls())
                .thenCompose(read -> {
                    tls = read;
                    Opening next = new Opening();
                    opening = next;
                    settings.collectors().forEach(collector -> next.add(collector, open(collector)));
                    return next.answered();
                })
                .whenComplete((answered, failure) -> failures = failure == null ? 0 : failures + 1);
    }

    /**
     * Asks nobody: many agents that connect every few seconds, only to hear that, would cost collectors more
     * than it is worth. The next event finds out, and goes elsewhere.
     */
    @Override
    public CompletionStage<Done> probeIdle() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Those whom one outage has hit must not all come back at the same moment. */
    private CompletionStage<Done> pause() {
        if (failures == 0) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        RetryPolicy retry = settings.sink().retry();
        Duration longest = retry.pauseAfter(failures);
        Duration pause = longest.minus(retry.pauseAfter(failures, ThreadLocalRandom.current()));
        return new CompletableFuture<Done>()
                .completeOnTimeout(Done.getInstance(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletionStage<Optional<BiFunction<String, Integer, SSLEngine>>> readTls() {
        Optional<AvroSettings.Tls> wanted = settings.wire().tls();
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Executor blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
        return CompletableFuture.supplyAsync(() -> wanted.map(end -> end.end().client(end.servers())), blocking);
    }

    private CompletionStage<Link> open(Collector collector) {
        return Link.open(collector, settings.wire(), tls, system);
    }

    @Override
    public Flow<Transaction, Transaction, NotUsed> flow() {
        CompletableFuture<Done> ended = new CompletableFuture<>();
        lastEnded = ended;
        CollectorChoice choice = new CollectorChoice(
                settings.collectors(),
                settings.spread(),
                settings.sink().retry(),
                System.nanoTime(),
                ThreadLocalRandom.current());
        return Flow.fromGraph(new AvroStage(new AvroStage.Setup(
                settings.sink().name(),
                choice,
                opening.take(),
                this::open,
                settings.wire().reconnectInterval(),
                delivered,
                ended)));
    }

    /** Connections to all collectors that are being made. Thread-safe. */
    private final class Opening {
        private final Map<Collector, Link> open = new HashMap<>();
        private final Map<String, String> reasons = new TreeMap<>();
        private final CompletableFuture<Done> answered = new CompletableFuture<>();
        private boolean over;

        void add(Collector collector, CompletionStage<Link> link) {
            link.whenComplete((opened, failure) -> settle(collector, opened, failure));
        }

        private synchronized void settle(Collector collector, Link link, Throwable failure) {
            if (over) {
                if (link != null) {
                    link.close();
                }
                return;
            }
            if (failure == null) {
                open.put(collector, link);
                if (open.size() == 1) {
                    answered.completeOnTimeout(Done.getInstance(), OTHERS.toMillis(), TimeUnit.MILLISECONDS);
                }
            } else {
                reasons.put(collector.toString(), Trouble.text(failure));
            }
            if (open.size() + reasons.size() == settings.collectors().size()) {
                finish();
            }
        }

        private void finish() {
            if (open.isEmpty()) {
                answered.completeExceptionally(new IllegalStateException("no collector answers: "
                        + reasons.entrySet().stream()
                                .map(reason -> reason.getKey() + ": " + reason.getValue())
                                .collect(Collectors.joining("; "))));
            } else {
                answered.complete(Done.getInstance());
            }
        }

        CompletionStage<Done> answered() {
            return answered;
        }

        /** Gives away the connections that there are; those that come later are closed. */
        synchronized Map<Collector, Link> take() {
            over = true;
            Map<Collector, Link> taken = Map.copyOf(open);
            open.clear();
            return taken;
        }

        void giveUp() {
            take().values().forEach(Link::close);
        }
    }
}
