package org.millrace.clusterconfig;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.WrappedMessage;
import org.apache.pekko.remote.artery.RemoteInstrument;

/** Counts what all actor systems of this process send to others, by type. Named in a configuration; Pekko makes it. */
public final class SentMessages extends RemoteInstrument {
    /** A number that no other instrument of these systems has. */
    private static final byte IDENTIFIER = 31;

    private static final Map<String, Sent> SENT = new ConcurrentHashMap<>();

    private record Sent(LongAdder messages, LongAdder bytes) {}

    /** What was sent of one type; as Artery puts it on the wire, its own headers included. */
    record Total(long messages, long bytes) {
        Total plus(Total other) {
            return new Total(messages + other.messages, bytes + other.bytes);
        }

        Total minus(Total other) {
            return new Total(messages - other.messages, bytes - other.bytes);
        }
    }

    /** Since this process started, by the type's name. */
    static Map<String, Total> totals() {
        Map<String, Total> totals = new TreeMap<>();
        SENT.forEach((type, sent) ->
                totals.put(type, new Total(sent.messages().sum(), sent.bytes().sum())));
        return totals;
    }

    @Override
    public byte identifier() {
        return IDENTIFIER;
    }

    @Override
    public void remoteMessageSent(ActorRef recipient, Object message, ActorRef sender, int size, long time) {
        Object inner = message instanceof WrappedMessage wrapped ? wrapped.message() : message;
        Sent sent = SENT.computeIfAbsent(nameOf(inner), type -> new Sent(new LongAdder(), new LongAdder()));
        sent.messages().increment();
        sent.bytes().add(size);
    }

    /** The class's name without the packages, outer classes and what Scala puts behind an object's. */
    private static String nameOf(Object message) {
        String name = message.getClass().getName().replaceAll("\\$+$", "");
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    @Override
    public void remoteWriteMetadata(ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {
        // Nothing, so that messages are as long as they are without an instrument.
    }

    @Override
    public void remoteReadMetadata(ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {
        // There is none.
    }

    @Override
    public void remoteMessageReceived(ActorRef recipient, Object message, ActorRef sender, int size, long time) {
        // Somebody has counted it already.
    }
}
