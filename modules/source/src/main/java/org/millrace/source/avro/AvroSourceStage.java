package org.millrace.source.avro;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.millrace.avrorpc.Status;
import org.millrace.avrorpc.TlsException;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.source.SourceControl;
import org.millrace.source.SourceRefusedException;
import org.millrace.telemetry.Telemetry;

/** Puts the events of all conversations behind each other, and takes the verdicts back to them. */
final class AvroSourceStage extends AbstractGraphStageWithMaterializedValue<SourceShape<EventBatch>, SourceControl> {
    private final Outlet<EventBatch> out = Outlet.create("AvroSource.out");
    private final AvroSourceSettings settings;
    private final Telemetry telemetry;

    AvroSourceStage(AvroSourceSettings settings, Telemetry telemetry) {
        this.settings = settings;
        this.telemetry = telemetry;
    }

    @Override
    public SourceShape<EventBatch> shape() {
        return SourceShape.of(out);
    }

    @Override
    public Pair<GraphStageLogic, SourceControl> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic();
        return Pair.create(logic, new Control(logic));
    }

    /** What an AsyncCallback may be given before the stage runs waits until it does. */
    private record Control(Logic logic) implements SourceControl {
        @Override
        public void committed(Position upTo) {
            logic.commits.invoke(upTo);
        }

        @Override
        public void accepted(Position upTo) {
            logic.acceptances.invoke(upTo);
        }

        @Override
        public void finishing() {
            logic.endings.invoke(Done.getInstance());
        }

        @Override
        public CompletionStage<Done> stopped() {
            return logic.stopped.minimalCompletionStage();
        }
    }

    /** A request whose events are in the lane up to {@code last}, or will be. */
    private record Underway(Position last, Offer offer) {}

    private final class Logic extends GraphStageLogic {
        private final AsyncCallback<Offer> offers = createAsyncCallback(this::onOffer);
        private final AsyncCallback<Position> commits = createAsyncCallback(this::onCommitted);
        private final AsyncCallback<Position> acceptances = createAsyncCallback(this::onAccepted);
        private final AsyncCallback<Done> endings = createAsyncCallback(done -> finish());
        private final AsyncCallback<Throwable> failures = createAsyncCallback(this::failStage);
        private final CompletableFuture<Done> stopped = new CompletableFuture<>();
        private final SourceId source =
                new SourceId(settings.name(), ThreadLocalRandom.current().nextLong());
        private final Deque<Offer> waiting = new ArrayDeque<>();
        /** What is left of the offer that was begun last. */
        private final Deque<EventBatch> batches = new ArrayDeque<>();

        private final Deque<Underway> underway = new ArrayDeque<>();
        private final ByteBudget budget = new ByteBudget(settings.bufferBytes());
        private final AvroSourceMeters meters = new AvroSourceMeters(settings, budget, telemetry);
        private AvroServer server;
        private long events;
        private boolean finishing;

        Logic() {
            super(AvroSourceStage.this.shape());
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    emitNext();
                }
            });
        }

        @Override
        public void preStart() {
            try {
                server = AvroServer.start(
                        settings, budget, meters, offers::invoke, materializer().system());
            } catch (TlsException e) {
                throw new SourceRefusedException("its tls cannot be used: " + e.getMessage(), e);
            }
            server.failure().thenAccept(failures::invoke);
        }

        private void onOffer(Offer offer) {
            if (finishing) {
                refuse(offer);
            } else {
                waiting.add(offer);
                emitNext();
            }
        }

        private void emitNext() {
            if (!isAvailable(out)) {
                return;
            }
            if (batches.isEmpty()) {
                begin();
            }
            if (!batches.isEmpty()) {
                push(out, batches.remove());
            }
        }

        private void begin() {
            Offer next = waiting.poll();
            while (next != null && next.isWithdrawn()) {
                next = waiting.poll();
            }
            if (next != null) {
                batches.addAll(next.events().toBatches(source, 0, events, settings.batchBytes()));
                events += next.events().size();
                underway.add(new Underway(new Position(0, events), next));
            }
        }

        private void onCommitted(Position upTo) {
            while (!underway.isEmpty() && !underway.peek().last().isAfter(upTo)) {
                underway.remove().offer().decide(Status.OK);
            }
        }

        private void onAccepted(Position upTo) {
            if (settings.acknowledge() == AvroSourceSettings.Acknowledge.CHANNEL) {
                onCommitted(upTo);
            }
        }

        /** Clients that hear FAILED now go elsewhere at once. */
        private void finish() {
            finishing = true;
            server.stopListening();
            waiting.forEach(this::refuse);
            waiting.clear();
        }

        private void refuse(Offer offer) {
            if (!offer.isWithdrawn()) {
                meters.notTaken(offer.events().size());
            }
            offer.decide(Status.FAILED);
        }

        @Override
        public void postStop() {
            if (server == null) {
                stopped.complete(Done.getInstance());
                return;
            }
            finish();
            underway.forEach(request -> refuse(request.offer()));
            server.stop().whenComplete((done, failure) -> stopped.complete(Done.getInstance()));
        }
    }
}
