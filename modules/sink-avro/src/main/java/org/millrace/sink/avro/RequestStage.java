package org.millrace.sink.avro;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.millrace.avrorpc.ClientSession;
import org.millrace.avrorpc.Frame;
import org.millrace.avrorpc.FrameAssembler;
import org.millrace.avrorpc.Status;
import org.millrace.avrorpc.WireException;
import org.millrace.event.EventBatch;
import scala.jdk.javaapi.FutureConverters;

/** The client's end of one connection: bytes of the collector in, bytes for it out, a request at a time. */
final class RequestStage
        extends AbstractGraphStageWithMaterializedValue<FlowShape<ByteString, ByteString>, RequestStage.Control> {
    /** An answer is a few bytes; what is longer is the collector's protocol, or an error with its stack. */
    private static final int MOST_ANSWER_BYTES = 1 << 20;

    private final Inlet<ByteString> in = Inlet.create("RequestStage.in");
    private final Outlet<ByteString> out = Outlet.create("RequestStage.out");

    /** Events that a collector is asked to take: those of the batch from one index until another. */
    record Request(EventBatch batch, int from, int until, Duration limit, CompletableFuture<Status> answer) {}

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public Pair<GraphStageLogic, Control> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic();
        return Pair.create(logic, new Control(logic));
    }

    /** Uses the connection from outside the stream. Thread-safe. */
    static final class Control {
        private final Logic logic;

        private Control(Logic logic) {
            this.logic = logic;
        }

        /**
         * Asks the collector to take events. The one before must be answered.
         *
         * @return the collector's verdict; fails when the connection does
         */
        CompletionStage<Status> ask(EventBatch batch, int from, int until, Duration limit) {
            Request request = new Request(batch, from, until, limit, new CompletableFuture<>());
            FutureConverters.asJava(logic.ask.invokeWithFeedback(request)).whenComplete((done, failure) -> {
                if (failure != null) {
                    request.answer()
                            .completeExceptionally(logic.ended.orElseGet(
                                    () -> new WireException("the connection is closed", failure)));
                }
            });
            return request.answer();
        }

        /** Closes the connection; a request that is under way fails. */
        void close() {
            logic.close.invoke(Done.getInstance());
        }

        /** Completes when the connection is closed. */
        CompletionStage<Done> closed() {
            return logic.closed;
        }
    }

    private final class Logic extends TimerGraphStageLogic {
        private static final String TIMEOUT = "timeout";

        private final CompletableFuture<Done> closed = new CompletableFuture<>();
        private final AsyncCallback<Request> ask = createAsyncCallback(this::onAsk);
        private final AsyncCallback<Done> close =
                createAsyncCallback(done -> end(new WireException("the connection was closed here")));
        private final ClientSession session = new ClientSession();
        private final FrameAssembler assembler = new FrameAssembler(MOST_ANSWER_BYTES);
        private Optional<Request> current = Optional.empty();
        /** Why it ended, for who asks too late to be told otherwise. */
        private volatile Optional<Throwable> ended = Optional.empty();

        private int serial;

        Logic() {
            super(RequestStage.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    receive(grab(in));
                    if (!hasBeenPulled(in) && !isClosed(in)) {
                        pull(in);
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    end(new WireException("it closed the connection"));
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    end(failure);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {}

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    // In order, or for a reason that comes the other way.
                    if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
                        end(cause);
                    }
                }
            });
        }

        @Override
        public void preStart() {
            pull(in);
        }

        private void onAsk(Request request) {
            current = Optional.of(request);
            if (isClosed(out)) {
                end(new WireException("it closed the connection"));
                return;
            }
            scheduleOnce(TIMEOUT, request.limit());
            send(request);
        }

        private void send(Request request) {
            Frame frame = session.appendBatch(++serial, request.batch(), request.from(), request.until());
            emit(out, frame.toBytes());
        }

        private void receive(ByteString bytes) {
            try {
                var buffer = bytes.asByteBuffer();
                while (buffer.hasRemaining()) {
                    Optional<Frame> frame = assembler.take(buffer);
                    if (frame.isPresent()) {
                        onFrame(frame.get());
                    }
                }
            } catch (WireException e) {
                end(e);
            }
        }

        private void onFrame(Frame frame) throws WireException {
            if (current.isEmpty() || frame.serial() != serial) {
                throw new WireException("an answer that nobody asked for");
            }
            Request request = current.get();
            ClientSession.Answer answer = session.read(frame);
            if (answer instanceof ClientSession.SayAgain) {
                send(request);
            } else if (answer instanceof ClientSession.Verdict verdict) {
                current = Optional.empty();
                cancelTimer(TIMEOUT);
                request.answer().complete(verdict.status());
            } else if (answer instanceof ClientSession.RemoteError error) {
                throw new WireException("it could not do what it was asked: " + error.text());
            }
        }

        @Override
        public void onTimer(Object timer) {
            current.ifPresent(request -> end(
                    new TimeoutException("no answer within " + request.limit().toMillis() + " ms")));
        }

        private void end(Throwable why) {
            ended = ended.or(() -> Optional.of(why));
            current.ifPresent(request -> request.answer().completeExceptionally(why));
            current = Optional.empty();
            completeStage();
        }

        @Override
        public void postStop() {
            current.ifPresent(
                    request -> request.answer().completeExceptionally(new WireException("the connection is closed")));
            closed.complete(Done.getInstance());
        }
    }
}
