package org.millrace.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.ByteBufferInputStream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.millrace.event.BatchCodec;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.route.CollectorView.Readiness;

/**
 * The wire format of {@link Delivery}: Avro binary by {@code delivery.avsc}; the manifest is the
 * message's name and the version of its schema, such as {@code Deliver.1}.
 *
 * <p><b>Versions.</b> A later version of a message may append fields, nothing else. A reader ignores
 * bytes behind the fields that it knows, and gives fields that an older writer did not know their
 * defaults; so nodes of neighbouring versions understand each other while a cluster is restarted
 * node by node. A message whose name is unknown is logged and dropped by Pekko; the protocol takes it
 * as lost.
 *
 * <p><b>Copies.</b> Artery hands over its own buffers: bodies go from a batch's slab straight into the
 * frame that is sent, and from the frame that came straight into the slab of the batch that is read.
 */
public final class DeliverySerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    private static final int IDENTIFIER = 271828;
    private static final int VERSION = 1;
    private static final int HEADROOM = 1024;
    /** Smaller than Avro's 8 KiB, since most messages are; bodies do not go through it. */
    private static final DecoderFactory DECODERS = new DecoderFactory().configureDecoderBufferSize(512);

    private interface Reader {
        Delivery.WireMessage read(Decoder in, int length) throws IOException;
    }

    private final Function<ActorRef<?>, String> writeRef;
    private final Function<String, ActorRef<?>> readRef;
    private final Map<String, Reader> readers;

    /** Called by Pekko. */
    public DeliverySerializer(ExtendedActorSystem system) {
        ActorRefResolver resolver = ActorRefResolver.get(Adapter.toTyped(system));
        this.writeRef = resolver::toSerializationFormat;
        this.readRef = resolver::resolveActorRef;
        this.readers = Map.ofEntries(
                Map.entry("Greet", (in, length) -> new Delivery.Greet(readRef(in))),
                Map.entry(
                        "Greeting",
                        (in, length) -> new Delivery.Greeting(in.readLong(), Readiness.valueOf(in.readString()))),
                Map.entry(
                        "OpenLane",
                        (in, length) -> new Delivery.OpenLane(readLane(in), in.readLong(), in.readLong(), readRef(in))),
                Map.entry(
                        "LaneOpened",
                        (in, length) -> new Delivery.LaneOpened(in.readLong(), readRef(in), in.readLong())),
                Map.entry("LaneRefused", (in, length) -> new Delivery.LaneRefused(in.readLong())),
                Map.entry(
                        "Deliver",
                        (in, length) ->
                                new Delivery.Deliver(in.readLong(), in.readLong(), BatchCodec.read(in, length))),
                Map.entry("Enquire", (in, length) -> new Delivery.Enquire(in.readLong(), in.readLong())),
                Map.entry("CloseLane", (in, length) -> new Delivery.CloseLane(in.readLong())),
                Map.entry(
                        "Progress",
                        (in, length) ->
                                new Delivery.Progress(in.readLong(), in.readLong(), in.readLong(), readPosition(in))),
                Map.entry("Resend", (in, length) -> new Delivery.Resend(in.readLong(), in.readLong())),
                Map.entry("Draining", (in, length) -> new Delivery.Draining(in.readLong(), in.readLong())));
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return message.getClass().getSimpleName() + "." + VERSION;
    }

    @Override
    public byte[] toBinary(Object message) {
        int size = message instanceof Delivery.Deliver deliver
                ? Math.toIntExact(deliver.batch().bytes()) + HEADROOM
                : HEADROOM;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
        write(message, bytes);
        return bytes.toByteArray();
    }

    /** @throws java.nio.BufferOverflowException when the message is larger than a frame; Artery says so in its log */
    @Override
    public void toBinary(Object message, ByteBuffer frame) {
        write(message, new FrameOutputStream(frame));
    }

    private void write(Object message, OutputStream bytes) {
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            write((Delivery.WireMessage) message, out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot write " + message, e);
        }
    }

    private void write(Delivery.WireMessage message, Encoder out) throws IOException {
        if (message instanceof Delivery.Deliver deliver) {
            out.writeLong(deliver.session());
            out.writeLong(deliver.number());
            BatchCodec.write(deliver.batch(), out);
        } else if (message instanceof Delivery.Progress progress) {
            out.writeLong(progress.session());
            out.writeLong(progress.received());
            out.writeLong(progress.grant());
            out.writeLong(progress.committed().generation());
            out.writeLong(progress.committed().offset());
        } else if (message instanceof Delivery.Greet greet) {
            out.writeString(writeRef.apply(greet.replyTo()));
        } else if (message instanceof Delivery.Greeting greeting) {
            out.writeLong(greeting.uid());
            out.writeString(greeting.readiness().name());
        } else if (message instanceof Delivery.OpenLane open) {
            out.writeString(open.lane().agent());
            out.writeString(open.lane().source());
            out.writeString(open.lane().channel());
            out.writeLong(open.incarnation());
            out.writeLong(open.session());
            out.writeString(writeRef.apply(open.replyTo()));
        } else if (message instanceof Delivery.LaneOpened opened) {
            out.writeLong(opened.session());
            out.writeString(writeRef.apply(opened.receiver()));
            out.writeLong(opened.grant());
        } else {
            writeNumbers(message, out);
        }
    }

    private static void writeNumbers(Delivery.WireMessage message, Encoder out) throws IOException {
        if (message instanceof Delivery.LaneRefused refused) {
            out.writeLong(refused.session());
        } else if (message instanceof Delivery.Enquire enquire) {
            out.writeLong(enquire.session());
            out.writeLong(enquire.lastNumber());
        } else if (message instanceof Delivery.CloseLane close) {
            out.writeLong(close.session());
        } else if (message instanceof Delivery.Resend resend) {
            out.writeLong(resend.session());
            out.writeLong(resend.from());
        } else if (message instanceof Delivery.Draining draining) {
            out.writeLong(draining.session());
            out.writeLong(draining.received());
        } else {
            throw new IllegalArgumentException("no wire format for " + message.getClass());
        }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }

    @Override
    public Object fromBinary(ByteBuffer frame, String manifest) throws NotSerializableException {
        String name = manifest.substring(0, Math.max(0, manifest.indexOf('.')));
        Reader reader = readers.get(name);
        if (reader == null) {
            throw new NotSerializableException("no message " + manifest + " in this version of Millrace");
        }
        int length = frame.remaining();
        try {
            return reader.read(DECODERS.binaryDecoder(new ByteBufferInputStream(List.of(frame)), null), length);
        } catch (IOException
                | AvroRuntimeException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | UnsupportedOperationException e) {
            NotSerializableException failure =
                    new NotSerializableException("bad " + manifest + " of " + length + " bytes: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    private static LaneId readLane(Decoder in) throws IOException {
        return new LaneId(in.readString(), in.readString(), in.readString());
    }

    private static Position readPosition(Decoder in) throws IOException {
        return new Position(in.readLong(), in.readLong());
    }

    /** The protocol says of which type the actor is; Pekko's references do not carry it. */
    @SuppressWarnings("unchecked")
    private <T> ActorRef<T> readRef(Decoder in) throws IOException {
        return (ActorRef<T>) readRef.apply(in.readString());
    }

    /** Writes into a frame from its position on. */
    private static final class FrameOutputStream extends OutputStream {
        private final ByteBuffer frame;

        FrameOutputStream(ByteBuffer frame) {
            this.frame = frame;
        }

        @Override
        public void write(int octet) {
            frame.put((byte) octet);
        }

        @Override
        public void write(byte[] octets, int from, int length) {
            frame.put(octets, from, length);
        }
    }
}
