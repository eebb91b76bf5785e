package org.millrace.sink.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
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
import org.millrace.channel.Transaction;
import org.millrace.event.EventBatch;

/**
 * Writes transactions to files, many under one flush, and emits each when it is flushed.
 *
 * <p>The stage itself never blocks: it hands one job at a time to the blocking threads (write a
 * group, close files) and goes on when that is done. What arrives meanwhile waits, up to the size of
 * a group, and is the next group. So the flushes are as large as the file system is slow.
 *
 * <p>However the stage ends, its files are closed: before it completes or fails, where its
 * neighbours or the file system end it; right after, where its actor is stopped.
 */
final class HdfsStage extends GraphStage<FlowShape<Transaction, Transaction>> {
    /** How often to look whether a file's time has come; the jobs themselves know when it does. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Inlet<Transaction> in = Inlet.create("HdfsStage.in");
    private final Outlet<Transaction> out = Outlet.create("HdfsStage.out");
    private final Supplier<FileSet> files;
    private final long maxGroupBytes;
    private final InstantSource clock;
    private final Executor blocking;

    /** @param files gives the files of one run, and opens none yet */
    HdfsStage(Supplier<FileSet> files, long maxGroupBytes, InstantSource clock, Executor blocking) {
        this.files = files;
        this.maxGroupBytes = maxGroupBytes;
        this.clock = clock;
        this.blocking = blocking;
    }

    @Override
    public FlowShape<Transaction, Transaction> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    @FunctionalInterface
    private interface Job {
        void run() throws IOException;
    }

    /** How a job ended; {@code failure} is null when it succeeded. */
    private record Ended(List<Transaction> stored, Throwable failure) {}

    private final class Logic extends TimerGraphStageLogic {
        private final Queue<Transaction> waiting = new ArrayDeque<>();
        private final Queue<Transaction> stored = new ArrayDeque<>();
        private final AsyncCallback<Ended> onEnded = createAsyncCallback(this::onEnded);
        private long waitingBytes;
        private boolean working;
        private FileSet set;
        /** Set once the stage is to end: what to do when the files are closed. */
        private Runnable end;

        private boolean closed;

        Logic() {
            super(HdfsStage.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    Transaction transaction = grab(in);
                    waiting.add(transaction);
                    waitingBytes += transaction.batch().bytes();
                    advance();
                }

                @Override
                public void onUpstreamFinish() {
                    advance();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    endWith(() -> failStage(failure));
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    advance();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    endWith(() -> cancelStage(cause));
                }
            });
        }

        @Override
        public void preStart() {
            set = files.get();
            setKeepGoing(true);
            scheduleWithFixedDelay("look", LOOK_EVERY, LOOK_EVERY);
            pull(in);
        }

        @Override
        public void onTimer(Object key) {
            advance();
        }

        /** Does whatever is next; called after everything that happens. */
        private void advance() {
            if (isAvailable(out) && !stored.isEmpty()) {
                push(out, stored.remove());
            }
            if (end == null && !isClosed(in) && !hasBeenPulled(in) && waitingBytes < maxGroupBytes) {
                pull(in);
            }
            if (working) {
                return;
            }
            if (end != null) {
                advanceToEnd();
            } else if (!stored.isEmpty()) {
                // Not before these are out: a neighbour that is slow must not make a long queue here.
                return;
            } else if (!clock.instant().isBefore(set.dueAt())) {
                work(List.of(), set::closeDue);
            } else if (!waiting.isEmpty()) {
                storeNextGroup();
            } else if (isClosed(in)) {
                endWith(this::completeStage);
            }
        }

        private void storeNextGroup() {
            List<Transaction> group = new ArrayList<>(waiting);
            waiting.clear();
            waitingBytes = 0;
            List<EventBatch> batches = group.stream().map(Transaction::batch).toList();
            work(group, () -> set.store(batches));
            if (!isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void endWith(Runnable action) {
            if (end == null) {
                end = action;
                waiting.clear();
                waitingBytes = 0;
            }
            advance();
        }

        private void advanceToEnd() {
            if (!closed) {
                closed = true;
                work(List.of(), set::close);
            } else if (stored.isEmpty() || isClosed(out)) {
                // What was stored goes out first, or it would be stored again.
                end.run();
            }
        }

        private void work(List<Transaction> transactions, Job job) {
            working = true;
            blocking.execute(() -> {
                Throwable failure = null;
                try {
                    job.run();
                } catch (IOException | RuntimeException | Error e) {
                    failure = e;
                }
                onEnded.invoke(new Ended(transactions, failure));
            });
        }

        private void onEnded(Ended job) {
            working = false;
            if (job.failure() == null) {
                stored.addAll(job.stored());
                advance();
            } else {
                endWith(() -> failStage(job.failure()));
            }
        }

        @Override
        public void postStop() {
            if (!closed) {
                blocking.execute(set::close);
            }
        }
    }
}
