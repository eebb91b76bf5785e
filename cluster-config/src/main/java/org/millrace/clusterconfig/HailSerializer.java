package org.millrace.clusterconfig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * The wire format of {@link Hail}: Avro binary by {@code hail.avsc}; the manifest is the message's name
 * and the version of its schema. A later version may append fields, nothing else: a reader ignores
 * bytes behind the fields that it knows.
 */
public final class HailSerializer extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 271829;
    private static final String NAME = "Hail.";
    private static final int VERSION = 1;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return NAME + VERSION;
    }

    @Override
    public byte[] toBinary(Object message) {
        Hail hail = (Hail) message;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            out.writeString(hail.address());
            out.writeLong(hail.uid());
            out.writeLong(hail.known());
            out.writeInt(hail.size());
            out.writeString(hail.lowest());
            out.writeLong(hail.round());
            out.writeBoolean(hail.answer());
            out.flush();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot write " + message, e);
        }
        return bytes.toByteArray();
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        if (!manifest.startsWith(NAME)) {
            throw new NotSerializableException("no message " + manifest + " in this version of Millrace");
        }
        try {
            Decoder in = DecoderFactory.get().binaryDecoder(bytes, null);
            return new Hail(
                    in.readString(),
                    in.readLong(),
                    in.readLong(),
                    in.readInt(),
                    in.readString(),
                    in.readLong(),
                    in.readBoolean());
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException | UnsupportedOperationException e) {
            NotSerializableException failure = new NotSerializableException(
                    "bad " + manifest + " of " + bytes.length + " bytes: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }
}
