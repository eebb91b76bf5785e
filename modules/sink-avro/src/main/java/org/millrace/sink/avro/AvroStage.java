package org.millrace.sink.avro;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.millrace.avrorpc.Status;
import org.millrace.channel.Transaction;
import org.millrace.event.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Delivers transactions to collectors, one request at a time, and emits each when collectors have
 * answered OK to all its events. Where a collector does not take events, the next one gets them at once;
 * whether the lost one is there again is found out beside that, so that nobody waits for it. While
 * collectors only refuse, the stage waits; when none is left that answers, it fails.
 */
final class AvroStage extends GraphStage<FlowShape<Transaction, Transaction>> {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Logger LOG = LoggerFactory.getLogger(AvroStage.class);

    /**
     * What one run works with. All of it belongs to the stage until that has ended.
     *
     * @param sink the sink's name, for messages
     * @param links connections that are open already
     * @param open makes another one
     * @param reconnectInterval when a connection is replaced by a new one; zero for never
     * @param ended completed when the stage has ended and its connections are closed
     */
    record Setup(
            String sink,
            CollectorChoice choice,
            Map<Collector, Link> links,
            Function<Collector, CompletionStage<Link>> open,
            Duration reconnectInterval,
            Delivered delivered,
            CompletableFuture<Done> ended) {}

    private final Inlet<Transaction> in = Inlet.create("AvroStage.in");
    private final Outlet<Transaction> out = Outlet.create("AvroStage.out");
    private final Setup setup;

    AvroStage(Setup setup) {
        this.setup = setup;
    }

    @Override
    public FlowShape<Transaction, Transaction> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private record Answer(Collector collector, int until, Status status, Throwable failure) {}

    private record Opened(Collector collector, Link link, Throwable failure) {}

    private final class Logic extends TimerGraphStageLogic {
        private final CollectorChoice choice = setup.choice();
        private final Delivered delivered = setup.delivered();
        private final Map<Collector, Link> links = new HashMap<>(setup.links());
        private final Map<Collector, String> reasons =
                new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        private final AsyncCallback<Answer> onAnswer = createAsyncCallback(this::onAnswer);
        private final AsyncCallback<Opened> onOpened = createAsyncCallback(this::onOpened);
        private Optional<Transaction> current = Optional.empty();
        private int from;
        /** The collector that has a request, or will have it when it is connected. */
        private Optional<Collector> busy = Optional.empty();

        Logic() {
            super(AvroStage.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    Transaction transaction = grab(in);
                    current = Optional.of(transaction);
                    from = delivered.firstAfter(transaction.batch());
                    goOn();
                }

                @Override
                public void onUpstreamFinish() {
                    if (current.isEmpty()) {
                        completeStage();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(in);
                }
            });
        }

        @Override
        public void preStart() {
            links.keySet().forEach(choice::answered);
            scheduleWithFixedDelay(TICK, TICK, TICK);
            askTheDue();
        }

        /** Sends the next request of the transaction, or emits it. */
        private void goOn() {
            EventBatch batch = current.orElseThrow().batch();
            if (from == batch.size()) {
                emitCurrent();
                return;
            }
            Optional<Collector> next = choice.next();
            if (next.isPresent()) {
                request(next.get());
            } else if (!choice.someRefuse()) {
                failStage(new IllegalStateException("no collector takes events: " + allReasons()));
            }
        }

        private void emitCurrent() {
            push(out, current.orElseThrow());
            current = Optional.empty();
            if (isClosed(in)) {
                completeStage();
            }
        }

        private void request(Collector collector) {
            busy = Optional.of(collector);
            Link open = links.get(collector);
            boolean tooOld = open != null
                    && !setup.reconnectInterval().isZero()
                    && open.age().compareTo(setup.reconnectInterval()) >= 0;
            if (open != null && !tooOld) {
                send(collector, open);
            } else {
                close(collector);
                open(collector);
            }
        }

        private void send(Collector collector, Link link) {
            EventBatch batch = current.orElseThrow().batch();
            int until = delivered.until(batch, from);
            link.append(batch, from, until)
                    .whenComplete((status, failure) -> onAnswer.invoke(new Answer(collector, until, status, failure)));
        }

        /** A connection that this stage does not get any more must not stay open. */
        private void open(Collector collector) {
            setup.open().apply(collector).whenComplete((link, failure) -> {
                Future<Done> arrival = onOpened.invokeWithFeedback(new Opened(collector, link, failure));
                FutureConverters.asJava(arrival).whenComplete((done, gone) -> {
                    if (gone != null && link != null) {
                        link.close();
                    }
                });
            });
        }

        private void onAnswer(Answer answer) {
            busy = Optional.empty();
            Collector collector = answer.collector();
            if (answer.status() == Status.OK) {
                choice.took(collector);
                reasons.remove(collector);
                delivered.took(current.orElseThrow().batch(), answer.until());
                from = answer.until();
            } else if (answer.failure() == null) {
                delivered.refused(answer.until() - from);
                String reason = "answered " + answer.status() + " to " + (answer.until() - from) + " events";
                left(collector, reason, choice.refused(collector, System.nanoTime()));
            } else {
                lost(collector, answer.failure());
            }
            goOn();
        }

        private void onOpened(Opened opened) {
            Collector collector = opened.collector();
            boolean waitedFor = busy.equals(Optional.of(collector));
            if (opened.failure() == null) {
                links.put(collector, opened.link());
                choice.answered(collector);
                if (reasons.remove(collector) != null) {
                    LOG.info("sink {}: collector {} answers again", setup.sink(), collector);
                }
                if (waitedFor) {
                    send(collector, opened.link());
                }
            } else {
                lost(collector, opened.failure());
                if (waitedFor) {
                    busy = Optional.empty();
                    goOn();
                }
            }
        }

        private void lost(Collector collector, Throwable failure) {
            close(collector);
            delivered.failed();
            left(collector, Trouble.text(failure), choice.failed(collector, System.nanoTime()));
        }

        /** At the 1st, 2nd, 4th, 8th ... time in a row, and when the reason is another. */
        private void left(Collector collector, String reason, int times) {
            String before = reasons.put(collector, reason);
            if (Integer.bitCount(times) == 1 || !reason.equals(before)) {
                LOG.warn(
                        "sink {}: collector {} takes no events: {} ({} times)", setup.sink(), collector, reason, times);
            }
        }

        private String allReasons() {
            List<String> all = new ArrayList<>();
            reasons.forEach((collector, reason) -> all.add(collector + ": " + reason));
            return String.join("; ", all);
        }

        @Override
        public void onTimer(Object timer) {
            choice.endPauses(System.nanoTime());
            askTheDue();
            closeUnused();
            if (current.isPresent() && busy.isEmpty()) {
                goOn();
            }
        }

        private void askTheDue() {
            choice.due(System.nanoTime()).forEach(this::open);
        }

        /** Those of a lower priority, once a higher one has taken over. */
        private void closeUnused() {
            List<Collector> tier = choice.tier();
            if (!tier.isEmpty()) {
                List.copyOf(links.keySet()).stream()
                        .filter(collector -> collector.priority() < tier.get(0).priority())
                        .filter(collector -> !busy.equals(Optional.of(collector)))
                        .forEach(this::close);
            }
        }

        private void close(Collector collector) {
            Link link = links.remove(collector);
            if (link != null) {
                link.close();
            }
        }

        @Override
        public void postStop() {
            CompletableFuture<?>[] closed = links.values().stream()
                    .map(link -> link.close().toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            CompletionStage<Void> all = CompletableFuture.allOf(closed);
            all.whenComplete((done, failure) -> setup.ended().complete(Done.getInstance()));
        }
    }
}
