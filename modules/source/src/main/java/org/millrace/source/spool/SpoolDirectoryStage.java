package org.millrace.source.spool;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.source.SourceControl;
import org.millrace.telemetry.Telemetry;

/** Turns demand, timers and commits into calls of a {@link Spool}; decides nothing itself. */
final class SpoolDirectoryStage
        extends AbstractGraphStageWithMaterializedValue<SourceShape<EventBatch>, SourceControl> {
    /** Before what went wrong is tried again. */
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    private final Outlet<EventBatch> out = Outlet.create("SpoolDirectory.out");
    private final SpoolDirectorySettings settings;
    private final SpoolLimits limits;
    private final Telemetry telemetry;
    private final InstantSource clock;

    SpoolDirectoryStage(SpoolDirectorySettings settings, SpoolLimits limits, Telemetry telemetry, InstantSource clock) {
        this.settings = settings;
        this.limits = limits;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    @Override
    public SourceShape<EventBatch> shape() {
        return SourceShape.of(out);
    }

    @Override
    public Pair<GraphStageLogic, SourceControl> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic();
        return Pair.create(logic, new Control(logic.commits, logic.stopped));
    }

    private record Control(AsyncCallback<Position> commits, CompletableFuture<Done> whenStopped)
            implements SourceControl {
        @Override
        public void committed(Position upTo) {
            commits.invoke(upTo);
        }

        @Override
        public CompletionStage<Done> stopped() {
            return whenStopped.minimalCompletionStage();
        }
    }

    private enum Timer {
        POLL,
        SAVE
    }

    private final class Logic extends TimerGraphStageLogic {
        private final AsyncCallback<Position> commits = createAsyncCallback(this::onCommit);
        /** Goes through the mailbox, so that commits and a cancel get their turn in between. */
        private final AsyncCallback<Done> again = createAsyncCallback(done -> turn());

        private final CompletableFuture<Done> stopped = new CompletableFuture<>();
        private Spool spool;
        private SpoolStateException refusal;

        Logic() {
            super(SpoolDirectoryStage.this.shape());
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    turn();
                }
            });
        }

        @Override
        public void preStart() {
            spool = new Spool(
                    settings,
                    limits,
                    telemetry,
                    clock,
                    DirectoryNotices.of(materializer().system()),
                    () -> again.invoke(Done.getInstance()));
            try {
                spool.open();
                scheduleSave(settings.progressInterval());
            } catch (SpoolStateException e) {
                refuse(e);
            }
        }

        @Override
        public void onTimer(Object key) {
            if (key == Timer.SAVE) {
                save();
            } else {
                turn();
            }
        }

        @Override
        public void postStop() {
            try {
                spool.close();
                if (refusal == null) {
                    stopped.complete(Done.getInstance());
                } else {
                    stopped.completeExceptionally(refusal);
                }
            } catch (Exception e) {
                stopped.completeExceptionally(e);
            }
        }

        private void turn() {
            if (refusal != null || !isAvailable(out)) {
                return;
            }
            try {
                Spool.Turn turn = spool.next();
                if (turn instanceof Spool.Turn.Emit emit) {
                    push(out, emit.batch());
                } else if (turn instanceof Spool.Turn.Again) {
                    again.invoke(Done.getInstance());
                } else {
                    scheduleOnce(Timer.POLL, turn instanceof Spool.Turn.Rest rest ? rest.atMost() : RETRY_PAUSE);
                }
            } catch (SpoolStateException e) {
                refuse(e);
                return;
            }
            scheduleSave(settings.progressInterval());
        }

        private void onCommit(Position upTo) {
            spool.commit(upTo);
            scheduleSave(settings.progressInterval());
        }

        private void save() {
            boolean wasFull = spool.isFull();
            boolean allDone = spool.save();
            scheduleSave(allDone ? spool.untilSave() : RETRY_PAUSE);
            if (wasFull && !spool.isFull()) {
                cancelTimer(Timer.POLL);
                turn();
            }
        }

        private void scheduleSave(Duration delay) {
            if (spool.needsSave() && !isTimerActive(Timer.SAVE)) {
                scheduleOnce(Timer.SAVE, delay);
            }
        }

        private void refuse(SpoolStateException e) {
            refusal = e;
            failStage(e);
        }
    }
}
