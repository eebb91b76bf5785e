package org.millrace.delivery;

import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.route.CollectorView.Readiness;

/**
 * The messages between agents and collectors. All of them may be lost on the way, none overtakes
 * another of the same sender to the same actor; the protocol mends losses by itself.
 *
 * <p>An agent greets every collector again and again; the answers are its evidence that the path is
 * alive, and tell whether the collector is ready. To deliver a lane it opens a <em>session</em>
 * ({@link OpenLane}, {@link LaneOpened}) and sends numbered batches ({@link Deliver}) as long as what
 * it has sent, in bytes, is below the collector's grant. The collector answers with {@link Progress}:
 * how far it received, a higher grant as its channels take the batches, and how far they are
 * committed. A gap in the numbers is answered with {@link Resend}. After a break the agent opens a
 * new session, anywhere, and sends everything again that is not committed; a collector that already
 * has some of it in its channels does not put it again.
 *
 * <p>On the wire a message is Avro binary by {@code delivery.avsc}, its name and version in the
 * manifest; see {@link DeliverySerializer}.
 */
public final class Delivery {
    /** Path of {@link Receivers} in every collector's actor system. */
    public static final String RECEIVERS_NAME = "millrace-receivers";

    private Delivery() {}

    /** What goes over the wire. */
    public sealed interface WireMessage {}

    /** To {@link Receivers}. */
    public sealed interface ToReceivers extends WireMessage, Receivers.Command {}

    /** To the receiver of one lane. */
    public sealed interface ToReceiver extends WireMessage, Receiver.Command {}

    /** To an agent about a lane. */
    public sealed interface ToLane extends WireMessage {
        /** The session that the message belongs to; a lane ignores those of other sessions. */
        long session();
    }

    /** Asks whether a collector is there and ready. */
    public record Greet(ActorRef<Greeting> replyTo) implements ToReceivers {}

    /**
     * Answers {@link Greet}.
     *
     * @param uid the run of the collector that answers
     */
    public record Greeting(long uid, Readiness readiness) implements WireMessage {}

    /**
     * Opens a session for a lane; an earlier session of the lane at this collector ends.
     *
     * @param incarnation of the lane's source; positions of different ones are not comparable
     * @param session drawn by the agent, never used before
     */
    public record OpenLane(LaneId lane, long incarnation, long session, ActorRef<ToLane> replyTo)
            implements ToReceivers {}

    /**
     * The session is open. Said again once a minute; an agent that does not know the session, since a
     * {@link CloseLane} was lost or it never heard that the session was open, answers with {@link
     * CloseLane}.
     *
     * @param grant the agent may send while the bytes that it sent in this session are below it
     */
    public record LaneOpened(long session, ActorRef<ToReceiver> receiver, long grant) implements ToLane {}

    /** No session: the collector is about to stop. */
    public record LaneRefused(long session) implements ToLane {}

    /**
     * Delivers a batch.
     *
     * @param number 1, 2, 3 and so on in the session
     */
    public record Deliver(long session, long number, EventBatch batch) implements ToReceiver {}

    /**
     * Asks for a {@link Progress}, or a {@link Resend} where something is missing.
     *
     * @param lastNumber the last that was sent
     */
    public record Enquire(long session, long lastNumber) implements ToReceiver {}

    /** The agent goes elsewhere; nothing will follow in this session. */
    public record CloseLane(long session) implements ToReceiver {}

    /**
     * How far the lane is.
     *
     * @param received every number up to this was received
     * @param grant as in {@link LaneOpened}, never falling
     * @param committed everything of the lane up to here is stored by every required sink
     */
    public record Progress(long session, long received, long grant, Position committed) implements ToLane {}

    /**
     * Number {@code from} is missing: send it and all behind it again. With 0 the session is over, since
     * the collector cannot tell what of it is still meant: open another.
     */
    public record Resend(long session, long from) implements ToLane {}

    /**
     * The collector is about to stop: it finishes what it received and ignores the rest.
     *
     * @param received every number up to this will still be stored and acknowledged
     */
    public record Draining(long session, long received) implements ToLane {}
}
