package org.millrace.delivery;

import io.micrometer.core.instrument.Counter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.channel.Channel;
import org.millrace.channel.FanOut;
import org.millrace.channel.Inlet;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/**
 * Receives one incarnation of one lane: intercepts, selects, puts into the channels, and tells the
 * agent how far it got. Remembers how far the lane went into the channels, and does not put a
 * redelivered batch again; the agent gets its answer when the earlier put commits.
 *
 * <p>Holds at most its window in batches that a full channel has not accepted, and one batch more. All
 * but the one that is on its way into the channels are forgotten when the session ends, and nothing
 * remembers them as put: they are the business of the session that follows, here or elsewhere.
 *
 * <p>After a {@link Standstill} of this process a session is not trusted any more: what still comes in
 * it may have been sent before the lane turned elsewhere. A lane that is still here opens another.
 */
final class Receiver {
    sealed interface Command permits Delivery.ToReceiver, Open, Remind, Window, Drain, LetGo, FromChannel, AgentGone {}

    /** A session for {@code replyTo}; the one before is over. */
    record Open(long session, ActorRef<Delivery.ToLane> replyTo) implements Command {}

    /** Say again that the session is open: an agent that has left it, and could not say so, ends it. */
    enum Remind implements Command {
        INSTANCE
    }

    /** How many bytes may wait here for the channels. */
    record Window(long bytes) implements Command {}

    /** Take nothing new; answer once everything received is committed. */
    record Drain(ActorRef<Receivers.ReceiverDrained> replyTo) implements Command {}

    /** Stop, unless there is a session again or something to commit. */
    enum LetGo implements Command {
        INSTANCE
    }

    private record FromChannel(Channel.PutReply reply) implements Command {}

    /** The agent's process ended, or the cluster gave it up. */
    private record AgentGone(long session) implements Command {}

    private Receiver() {}

    /**
     * The receiver of {@code lane}.
     *
     * @param inlet what happens to each batch, and the channels
     * @param standstill of this process
     * @param owner told when everything is committed and no session is open
     */
    static Behavior<Command> create(
            Receivers.LaneKey lane,
            Inlet inlet,
            long window,
            Standstill standstill,
            Telemetry telemetry,
            ActorRef<Receivers.Command> owner) {
        return Behaviors.setup(context -> new Running(context, lane, inlet, window, standstill, telemetry, owner));
    }

    private static final class Running extends AbstractBehavior<Command> {
        /** An open session; {@code standstills} is how many there had been when it was opened. */
        private record Session(long id, ActorRef<Delivery.ToLane> agent, long standstills) {}

        private final Receivers.LaneKey lane;
        private final Inlet inlet;
        private final FanOut fanOut;
        private final Standstill standstill;
        /** Received in this session, and not put while something before it is not accepted. */
        private final Deque<EventBatch> waiting = new ArrayDeque<>();

        private final ActorRef<Receivers.Command> owner;
        private final Counter receivedEvents;
        private final Counter receivedBytes;
        private final Counter repeatedEvents;
        private Optional<Session> session = Optional.empty();
        private Optional<ActorRef<Receivers.ReceiverDrained>> draining = Optional.empty();
        private long window;
        private long waitingBytes;
        private long received;
        private boolean resendAsked;
        /** Bytes of this session that were received, as the agent counts them. */
        private long receivedInSession;

        private long grant;
        /** What the agent was last told; repeated only when asked, since answers may be lost. */
        private long toldGrant;

        private Position toldCommitted = Position.START;
        /** How far the lane went into the channels, in any session. */
        private Position put = Position.START;

        Running(
                ActorContext<Command> context,
                Receivers.LaneKey lane,
                Inlet inlet,
                long window,
                Standstill standstill,
                Telemetry telemetry,
                ActorRef<Receivers.Command> owner) {
            super(context);
            this.lane = lane;
            this.inlet = inlet;
            this.window = window;
            this.standstill = standstill;
            this.owner = owner;
            this.fanOut = new FanOut(
                    inlet.channels(), Position.START, context.messageAdapter(Channel.PutReply.class, FromChannel::new));
            Telemetry.Part meters = telemetry.part("receiver", lane.lane().toString());
            this.receivedEvents = meters.counter("received.events");
            this.receivedBytes = meters.counter("received.bytes");
            this.repeatedEvents = meters.counter("repeated.events");
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Delivery.Deliver.class, this::onDeliver)
                    .onMessage(FromChannel.class, this::onFromChannel)
                    .onMessage(Delivery.Enquire.class, this::onEnquire)
                    .onMessage(Open.class, this::onOpen)
                    .onMessage(Remind.class, this::onRemind)
                    .onMessage(Delivery.CloseLane.class, this::onCloseLane)
                    .onMessage(Window.class, this::onWindow)
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(LetGo.class, this::onLetGo)
                    .onMessage(AgentGone.class, this::onAgentGone)
                    .build();
        }

        private Behavior<Command> onOpen(Open open) {
            if (!isCurrent(open.session())) {
                endSession();
                session = Optional.of(new Session(open.session(), open.replyTo(), standstill.count()));
                getContext().watchWith(open.replyTo(), new AgentGone(open.session()));
                received = 0;
                receivedInSession = 0;
                toldCommitted = Position.START;
                resendAsked = false;
                grant = 0;
            }
            session.ifPresent(this::tellOpened);
            return this;
        }

        private Behavior<Command> onRemind(Remind remind) {
            session.ifPresent(this::tellOpened);
            return this;
        }

        private void tellOpened(Session open) {
            raiseGrant();
            toldGrant = grant;
            open.agent()
                    .tell(new Delivery.LaneOpened(
                            open.id(), getContext().getSelf().narrow(), grant));
        }

        private Behavior<Command> onDeliver(Delivery.Deliver deliver) {
            distrustAfterStandstill();
            if (!isCurrent(deliver.session()) || draining.isPresent() || deliver.number() <= received) {
                return this;
            }
            if (deliver.number() > received + 1) {
                askToResend();
                return this;
            }
            received = deliver.number();
            resendAsked = false;
            receivedInSession += deliver.batch().bytes();
            receivedEvents.increment(deliver.batch().size());
            receivedBytes.increment((double) deliver.batch().bytes());
            waiting.add(deliver.batch());
            waitingBytes += deliver.batch().bytes();
            putWaiting();
            tellNews();
            return this;
        }

        /** One after the other: what is put cannot be taken back when the session ends. */
        private void putWaiting() {
            while (!waiting.isEmpty() && fanOut.waitingBytes() == 0) {
                EventBatch next = waiting.remove();
                waitingBytes -= next.bytes();
                putNew(next);
            }
        }

        /** One that drains has promised to store what it received. */
        private void distrustAfterStandstill() {
            if (draining.isEmpty() && session.isPresent() && session.get().standstills() != standstill.count()) {
                Session doubtful = session.get();
                endSession();
                doubtful.agent().tell(new Delivery.Resend(doubtful.id(), 0));
                reportIdle();
            }
        }

        private void putNew(EventBatch batch) {
            if (!batch.last().isAfter(put)) {
                repeatedEvents.increment(batch.size());
                return;
            }
            EventBatch fresh = batch.after(put);
            repeatedEvents.increment(batch.size() - fresh.size());
            put = fresh.last();
            inlet.offer(fresh, fanOut);
        }

        private Behavior<Command> onFromChannel(FromChannel message) {
            distrustAfterStandstill();
            fanOut.on(message.reply());
            putWaiting();
            tellNews();
            if (fanOut.isIdle()) {
                draining.ifPresent(replyTo -> replyTo.tell(new Receivers.ReceiverDrained(lane)));
                reportIdle();
            }
            return this;
        }

        private Behavior<Command> onEnquire(Delivery.Enquire enquire) {
            if (!isCurrent(enquire.session())) {
                return this;
            }
            if (draining.isPresent()) {
                tellDraining();
            } else if (enquire.lastNumber() > received) {
                resendAsked = false;
                askToResend();
            }
            tellProgress();
            return this;
        }

        private Behavior<Command> onCloseLane(Delivery.CloseLane close) {
            return endSession(close.session());
        }

        private Behavior<Command> onAgentGone(AgentGone gone) {
            return endSession(gone.session());
        }

        private Behavior<Command> endSession(long id) {
            if (isCurrent(id)) {
                endSession();
                reportIdle();
            }
            return this;
        }

        private void endSession() {
            session.ifPresent(open -> getContext().unwatch(open.agent()));
            session = Optional.empty();
            waiting.clear();
            waitingBytes = 0;
        }

        private Behavior<Command> onLetGo(LetGo letGo) {
            return session.isEmpty() && fanOut.isIdle() ? Behaviors.stopped() : this;
        }

        /** Tells nobody: an agent that waits for credit gets it when the channels take what it sent. */
        private Behavior<Command> onWindow(Window change) {
            window = change.bytes();
            return this;
        }

        private Behavior<Command> onDrain(Drain drain) {
            draining = Optional.of(drain.replyTo());
            tellDraining();
            if (fanOut.isIdle()) {
                drain.replyTo().tell(new Receivers.ReceiverDrained(lane));
            }
            return this;
        }

        private void tellDraining() {
            session.ifPresent(open -> open.agent().tell(new Delivery.Draining(open.id(), received)));
        }

        private boolean isCurrent(long id) {
            return session.isPresent() && session.get().id() == id;
        }

        private void askToResend() {
            if (!resendAsked && draining.isEmpty()) {
                resendAsked = true;
                session.ifPresent(open -> open.agent().tell(new Delivery.Resend(open.id(), received + 1)));
            }
        }

        /** What waits from an earlier session takes from the window of this one too. */
        private void raiseGrant() {
            grant = Math.max(grant, receivedInSession - fanOut.waitingBytes() - waitingBytes + window);
        }

        /**
         * Tells what is worth a message: something committed, or a good part of the window free again.
         * An agent that has used up a grant never waits for less, since by the time its channels have
         * taken all it sent, the whole window is free.
         */
        private void tellNews() {
            raiseGrant();
            if (fanOut.committed().isAfter(toldCommitted) || grant - toldGrant >= Math.max(1, window / 4)) {
                tellProgress();
            }
        }

        private void tellProgress() {
            raiseGrant();
            toldGrant = grant;
            toldCommitted = fanOut.committed();
            session.ifPresent(
                    open -> open.agent().tell(new Delivery.Progress(open.id(), received, grant, fanOut.committed())));
        }

        private void reportIdle() {
            if (session.isEmpty() && fanOut.isIdle()) {
                owner.tell(new Receivers.LaneIdle(lane));
            }
        }
    }
}
