package org.millrace.flow;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import org.millrace.event.EventBatch;

/**
 * Bodies as text that becomes the same bytes again. A byte that is no text becomes a character that
 * no text has, a low surrogate alone, and that one becomes the byte again: whoever replaces a word
 * must not spoil what stands beside it.
 */
final class BodyText {
    private static final char REPLACEMENT = '\uFFFD';
    private static final char FIRST = '\uDC00';
    private static final char LAST = '\uDCFF';

    private BodyText() {}

    /** The body of event {@code index}. */
    static String of(EventBatch batch, int index, Charset charset) {
        String text = batch.bodyText(index, charset);
        return text.indexOf(REPLACEMENT) < 0 ? text : decode(batch.copyBody(index), charset);
    }

    private static String decode(byte[] body, Charset charset) {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(2 + (int) Math.ceil((double) decoder.maxCharsPerByte() * body.length));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (FIRST + Byte.toUnsignedInt(in.get())));
            }
            result = decoder.decode(in, out, true);
        }
        decoder.flush(out);
        return out.flip().toString();
    }

    /** The bytes of {@code text}, which was made by {@link #of}. */
    static byte[] bytes(String text, Charset charset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (Character.isHighSurrogate(next)) {
                i++;
            } else if (next >= FIRST && next <= LAST) {
                out.writeBytes(text.substring(from, i).getBytes(charset));
                out.write(next - FIRST);
                from = i + 1;
            }
        }
        if (from == 0) {
            return text.getBytes(charset);
        }
        out.writeBytes(text.substring(from).getBytes(charset));
        return out.toByteArray();
    }
}
