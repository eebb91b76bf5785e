package org.millrace.flow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.settings.ConfigSection;

/**
 * Gives every event an identifier of its own, as Flume's morphline interceptor {@code UUIDInterceptor}
 * does. Better than there, an event that is sent again has the same one: it is made of the source,
 * its incarnation and the event's position. So a store can find by it what came twice.
 */
record UuidInterceptor(String headerName, boolean preserveExisting, String prefix) implements Interceptor {
    static UuidInterceptor from(ConfigSection section) {
        return new UuidInterceptor(
                section.string("header-name"),
                section.bool("preserve-existing"),
                section.optionalString("prefix").orElse(""));
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        Map<Integer, Map<String, String>> headers = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!preserveExisting || batch.header(i, headerName) == null) {
                headers.put(i, Map.of(headerName, prefix + identifier(batch.source(), batch.position(i))));
            }
        }
        return Optional.of(batch.withOwnHeaders(headers));
    }

    private static UUID identifier(SourceId source, Position position) {
        byte[] name = source.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(3 * Long.BYTES + name.length)
                .putLong(source.incarnation())
                .putLong(position.generation())
                .putLong(position.offset())
                .put(name);
        return UUID.nameUUIDFromBytes(all.array());
    }
}
