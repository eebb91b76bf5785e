package org.millrace.sink;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.millrace.channel.Transaction;

/**
 * Stands between a channel and a store and lets the store's side complete while the channel's side
 * lives on. Without it a stream that completes would end its taker first, and the channel would
 * take back transactions that the store is about to store.
 */
final class DrainGate
        extends AbstractGraphStageWithMaterializedValue<FlowShape<Transaction, Transaction>, DrainGate.Control> {
    private final Inlet<Transaction> in = Inlet.create("DrainGate.in");
    private final Outlet<Transaction> out = Outlet.create("DrainGate.out");

    @Override
    public FlowShape<Transaction, Transaction> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public Pair<GraphStageLogic, Control> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic();
        return Pair.create(logic, new Control(logic));
    }

    /** Moves the gate from outside the stream. Thread-safe. */
    static final class Control {
        private final Logic logic;

        private Control(Logic logic) {
            this.logic = logic;
        }

        /** Completes the store's side; what comes from the channel now goes no further. */
        void drain() {
            logic.drain.invoke(Done.getInstance());
        }

        /** Ends the channel's side: the taker ends, and what is not committed is rolled back. */
        void release() {
            logic.release.invoke(Done.getInstance());
        }

        /** Completes when the gate has ended: no transaction is on its way to this store any more. */
        CompletionStage<Done> ended() {
            return logic.ended;
        }
    }

    private final class Logic extends GraphStageLogic {
        private final CompletableFuture<Done> ended = new CompletableFuture<>();
        private final AsyncCallback<Done> drain = createAsyncCallback(done -> complete(out));
        private final AsyncCallback<Done> release = createAsyncCallback(done -> completeStage());

        Logic() {
            super(DrainGate.this.shape());
            AbstractInOutHandler handler = new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    // Behind a drain it stays in the channel's books as open and is rolled back at the end.
                    if (!isClosed(out)) {
                        push(out, grab(in));
                    }
                }

                @Override
                public void onPull() {
                    pull(in);
                }
            };
            setHandler(in, handler);
            setHandler(out, handler);
        }

        @Override
        public void postStop() {
            ended.complete(Done.getInstance());
        }
    }
}
