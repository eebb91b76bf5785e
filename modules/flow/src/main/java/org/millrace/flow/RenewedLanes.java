package org.millrace.flow;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.settings.ConfigSection;

/**
 * The interceptors of a source with several channels, which begin its lanes anew when the source is
 * configured in another way. A collector takes an event of a lane for one that it has when later ones
 * of that lane have come before; that is right only while the lane's events are chosen in the same
 * way. So another choice makes another incarnation of the source: what was not committed may be stored
 * twice then, and nothing is lost.
 *
 * @param interceptors what is done to the events before
 * @param fingerprint of all that decides on an event's channels
 */
record RenewedLanes(Interceptor interceptors, long fingerprint) implements Interceptor {
    private static final List<String> DECIDING = List.of("channels", "interceptors", "selector");

    static RenewedLanes of(Interceptor interceptors, ConfigSection source) {
        String written = DECIDING.stream().map(source::shown).collect(Collectors.joining("\n"));
        byte[] name = written.getBytes(StandardCharsets.UTF_8);
        return new RenewedLanes(interceptors, UUID.nameUUIDFromBytes(name).getLeastSignificantBits());
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        SourceId source = batch.source();
        SourceId renewed = new SourceId(source.name(), source.incarnation() ^ fingerprint);
        return interceptors.intercept(batch, tally).map(left -> left.withSource(renewed));
    }
}
