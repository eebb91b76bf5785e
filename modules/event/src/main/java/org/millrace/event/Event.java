package org.millrace.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One event as a component sees it: headers and a body. A view on its batch, cheap to make and not
 * meant to be kept.
 *
 * @param headers the batch's shared headers and the event's own, which win; unmodifiable
 * @param body the exact bytes, read-only
 */
public record Event(Map<String, String> headers, ByteBuffer body) {
    /** The body as text, bytes that are no UTF-8 replaced: for people, never for stores. */
    public String bodyAsText() {
        return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }
}
