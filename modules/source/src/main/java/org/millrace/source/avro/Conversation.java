package org.millrace.source.avro;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
import org.apache.pekko.util.ByteString;
import org.millrace.avrorpc.Frame;
import org.millrace.avrorpc.FrameAssembler;
import org.millrace.avrorpc.KnownProtocols;
import org.millrace.avrorpc.ReceivedEvents;
import org.millrace.avrorpc.ServerSession;
import org.millrace.avrorpc.Status;
import org.millrace.avrorpc.WireException;

/**
 * One connection: requests in, answers out, in the order of the requests. Reads only while there is
 * room for what it may read, and while few of its requests wait for their answers; so a client that
 * nobody takes anything from is held up by its own socket.
 *
 * <p>Fails with a {@link WireException} when the client sends what is no request, or stops in the
 * middle of one. Ends when the client has gone, or the source: what has been decided by then is still
 * answered, the rest is not.
 */
final class Conversation extends GraphStage<FlowShape<ByteString, ByteString>> {
    /** Requests that wait for their answers; Flume's clients send one at a time. */
    private static final int WINDOW = 64;
    /** A request of nothing but empty events would take 60 times its bytes in memory. */
    private static final int BYTES_PER_ITEM = 16;
    /** How long a client has to fetch the last answers. */
    static final Duration LINGER = Duration.ofSeconds(5);

    /**
     * What all conversations of a source have in common.
     *
     * @param offers takes events into the lane; from any thread
     */
    record Shared(
            AvroSourceSettings settings,
            KnownProtocols known,
            ByteBudget budget,
            Consumer<Offer> offers,
            AvroSourceMeters meters) {}

    private enum Timer {
        REQUEST,
        HANDSHAKE,
        LINGER
    }

    /** A request in the order of its coming. */
    private static final class Pending {
        private Optional<Offer> offer = Optional.empty();
        private Optional<Frame> answer = Optional.empty();
        /** What it holds of the budget until it is answered. */
        private long bytes;
    }

    private record Decided(Pending pending, Frame answer) {}

    private final Inlet<ByteString> in = Inlet.create("Conversation.in");
    private final Outlet<ByteString> out = Outlet.create("Conversation.out");
    private final Shared shared;
    private final String peer;
    private final BooleanSupplier secured;

    /**
     * A connection.
     *
     * @param peer the client's address
     * @param secured whether its TLS handshake is done, or none is needed; from any thread
     */
    Conversation(Shared shared, String peer, BooleanSupplier secured) {
        this.shared = shared;
        this.peer = peer;
        this.secured = secured;
    }

    /** What becomes of a client that takes too long to begin. */
    static WireException noHandshake(AvroSourceSettings settings) {
        return new WireException("no TLS handshake within " + seconds(settings));
    }

    private static String seconds(AvroSourceSettings settings) {
        return settings.requestTimeout().toMillis() / 1000.0 + " s (request-timeout)";
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private final AsyncCallback<Decided> decisions = createAsyncCallback(this::onDecided);
        private final AsyncCallback<Done> room = createAsyncCallback(done -> onRoom());
        private final FrameAssembler assembler =
                new FrameAssembler(shared.settings().maxRequest());
        private final ServerSession session =
                new ServerSession(shared.known(), shared.settings().maxRequest() / BYTES_PER_ITEM);
        private final ByteBudget.Share share = shared.budget().share(() -> room.invoke(Done.getInstance()));
        private final Deque<Pending> pending = new ArrayDeque<>();
        /** Read, and waiting for room; empty where there is nothing. */
        private ByteString unread = ByteString.emptyByteString();
        /** Bytes of the request that is being received. */
        private long received;

        private boolean inputEnded;

        Logic() {
            super(Conversation.this.shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    onBytes(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    onInputEnd();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    answerNext();
                }
            });
        }

        @Override
        public void preStart() {
            if (!secured.getAsBoolean()) {
                scheduleOnce(Timer.HANDSHAKE, shared.settings().requestTimeout());
            }
            pull(in);
        }

        private void onBytes(ByteString bytes) {
            unread = bytes;
            if (bytes.isEmpty() || share.take(bytes.size())) {
                onRoom();
            }
        }

        private void onRoom() {
            ByteBuffer bytes = unread.asByteBuffer();
            unread = ByteString.emptyByteString();
            if (inputEnded) {
                return;
            }
            try {
                while (bytes.hasRemaining()) {
                    int before = bytes.remaining();
                    Optional<Frame> frame = assembler.take(bytes);
                    received += before - bytes.remaining();
                    if (frame.isPresent()) {
                        onFrame(frame.get());
                    }
                }
            } catch (WireException e) {
                failStage(e);
                return;
            }
            if (assembler.midFrame() && !isTimerActive(Timer.REQUEST)) {
                scheduleOnce(Timer.REQUEST, shared.settings().requestTimeout());
            }
            answerNext();
        }

        private void onFrame(Frame frame) throws WireException {
            cancelTimer(Timer.REQUEST);
            Pending next = new Pending();
            next.bytes = received;
            received = 0;
            ServerSession.Request request = session.read(frame);
            pending.add(next);
            if (request instanceof ServerSession.Append append) {
                long more = append.events().bytes() - next.bytes;
                if (more > 0) {
                    share.add(more);
                    next.bytes += more;
                }
                onAppend(append, next);
            } else if (request instanceof ServerSession.Answered answered) {
                decide(next, answered.answer());
            }
            share.requestComplete();
        }

        private void onAppend(ServerSession.Append append, Pending next) {
            ReceivedEvents events = append.events();
            shared.meters().received(events);
            if (events.size() == 0) {
                decide(next, append.answer(Status.OK));
            } else if (events.largest() > shared.settings().maxEvent()) {
                shared.meters().eventTooLarge(peer, events.largest());
                decide(next, append.answer(Status.FAILED));
            } else {
                Offer offer = new Offer(events, status -> decisions.invoke(new Decided(next, append.answer(status))));
                next.offer = Optional.of(offer);
                shared.offers().accept(offer);
            }
        }

        private void onDecided(Decided decided) {
            if (pending.contains(decided.pending())) {
                decide(decided.pending(), decided.answer());
                answerNext();
            }
        }

        private void decide(Pending request, Frame answer) {
            request.answer = Optional.of(answer);
            request.offer = Optional.empty();
            share.release(request.bytes);
            request.bytes = 0;
        }

        private void answerNext() {
            if (!pending.isEmpty() && pending.peek().answer.isPresent() && isAvailable(out)) {
                push(out, pending.remove().answer.orElseThrow().toBytes());
            }
            if (inputEnded && pending.isEmpty()) {
                completeStage();
            } else if (!inputEnded && unread.isEmpty() && pending.size() < WINDOW && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void onInputEnd() {
            inputEnded = true;
            for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
                Pending request = all.next();
                request.offer.ifPresent(Offer::withdraw);
                if (request.answer.isEmpty()) {
                    all.remove();
                }
            }
            scheduleOnce(Timer.LINGER, LINGER);
            answerNext();
        }

        @Override
        public void onTimer(Object key) {
            if (key == Timer.LINGER) {
                completeStage();
            } else if (key == Timer.HANDSHAKE && !secured.getAsBoolean()) {
                failStage(noHandshake(shared.settings()));
            } else if (key == Timer.REQUEST && hasBeenPulled(in)) {
                failStage(new WireException(
                        "a request was begun and not completed within " + seconds(shared.settings())));
            } else if (key == Timer.REQUEST) {
                // It is we who do not read.
                scheduleOnce(Timer.REQUEST, shared.settings().requestTimeout());
            }
        }

        @Override
        public void postStop() {
            pending.forEach(request -> request.offer.ifPresent(Offer::withdraw));
            share.close();
        }
    }
}
