package org.millrace.source.spool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.awaitility.Awaitility;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.source.SourceControl;
import org.millrace.telemetry.Telemetry;

/** A source that runs in a real stream. Reads at most a few batches ahead of what a test takes. */
final class RunningSource implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final Telemetry telemetry = Telemetry.inMemory();
    private final SourceControl control;
    private final SinkQueueWithCancel<EventBatch> queue;
    private CompletionStage<Optional<EventBatch>> pulled;

    private RunningSource(ActorSystem<?> system, SpoolDirectorySettings settings, SpoolLimits limits) {
        Pair<SourceControl, SinkQueueWithCancel<EventBatch>> running = SpoolDirectorySource.create(
                        settings, limits, telemetry)
                .toMat(Sink.queue(), Keep.both())
                .withAttributes(Attributes.inputBuffer(1, 1))
                .run(system);
        control = running.first();
        queue = running.second();
    }

    static RunningSource start(ActorSystem<?> system, SpoolDirectorySettings settings) {
        return start(system, settings, SpoolLimits.DEFAULT);
    }

    static RunningSource start(ActorSystem<?> system, SpoolDirectorySettings settings, SpoolLimits limits) {
        return new RunningSource(system, settings, limits);
    }

    SourceControl control() {
        return control;
    }

    /** The next batch; waits for it. */
    EventBatch take() {
        try {
            EventBatch batch = pull().toCompletableFuture()
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow(() -> new AssertionError("the stream has ended"));
            pulled = null;
            return batch;
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no batch", e);
        }
    }

    /** Whole batches until there are at least {@code events}. */
    List<Sent> takeEvents(int events) {
        List<Sent> taken = new ArrayList<>();
        while (taken.size() < events) {
            taken.addAll(Sent.of(take()));
        }
        return taken;
    }

    /** As {@link #takeEvents}, and commits each batch at once. */
    List<Sent> takeAndCommit(int events) {
        List<Sent> taken = new ArrayList<>();
        while (taken.size() < events) {
            EventBatch batch = take();
            taken.addAll(Sent.of(batch));
            control.committed(batch.last());
        }
        return taken;
    }

    /** Asks for a batch and tells whether one is there by now. */
    boolean hasMore() {
        return pull().toCompletableFuture().isDone();
    }

    void commit(List<Sent> events) {
        commit(events.get(events.size() - 1).position());
    }

    void commit(Position upTo) {
        control.committed(upTo);
    }

    double count(String what) {
        return telemetry.part("source", TestSettings.NAME).counter(what).count();
    }

    double failed(FileChange change) {
        return telemetry
                .part("source", TestSettings.NAME)
                .counter("files.failed", change.reason())
                .count();
    }

    double gauge(String what) {
        return telemetry
                .registry()
                .get("millrace.source." + what)
                .tag("name", TestSettings.NAME)
                .gauge()
                .value();
    }

    void awaitCount(String what, double value) {
        Awaitility.await(what).atMost(LIMIT).until(() -> count(what) == value);
    }

    void awaitGauge(String what, double value) {
        Awaitility.await(what).atMost(LIMIT).ignoreExceptions().until(() -> gauge(what) == value);
    }

    /** Cancels the stream and waits until its progress is on disk. */
    @Override
    public void close() {
        queue.cancel();
        awaitStopped();
    }

    void awaitStopped() {
        try {
            control.stopped().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the source does not stop", e);
        }
    }

    private CompletionStage<Optional<EventBatch>> pull() {
        if (pulled == null) {
            pulled = queue.pull();
        }
        return pulled;
    }
}
