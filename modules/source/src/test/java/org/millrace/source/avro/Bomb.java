package org.millrace.source.avro;

import java.io.ByteArrayOutputStream;
import java.util.zip.Deflater;

/** Compressed bytes that are a thousand times as many when they are inflated. */
final class Bomb {
    private static final int PIECE = 1 << 20;

    private Bomb() {}

    /** {@code begin} and as many MiB of zeros. */
    static byte[] of(byte[] begin, int mebibytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(flushed(deflater, begin));
        bomb.writeBytes(flushed(deflater, new byte[PIECE]));
        // What is flushed can be repeated, since all that it refers to are zeros.
        byte[] piece = flushed(deflater, new byte[PIECE]);
        for (int i = 1; i < mebibytes; i++) {
            bomb.writeBytes(piece);
        }
        deflater.end();
        return bomb.toByteArray();
    }

    private static byte[] flushed(Deflater deflater, byte[] bytes) {
        deflater.setInput(bytes);
        byte[] out = new byte[bytes.length + 64];
        byte[] exact = new byte[deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH)];
        System.arraycopy(out, 0, exact, 0, exact.length);
        return exact;
    }
}
