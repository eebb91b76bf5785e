package org.millrace.source.avro;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.millrace.avrorpc.TlsEnd;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;
import org.millrace.source.EventSource;
import org.millrace.source.EventSourceSettings;
import org.millrace.telemetry.Telemetry;

/**
 * How clients are served. The keys are explained in this module's {@code reference.conf}.
 *
 * @param name the source's name on its node
 * @param bind address to listen on
 * @param port port to listen on; 0 for any, in tests
 * @param compression what both directions of a connection go through
 * @param acknowledge when a client hears OK
 * @param maxConnections at a time
 * @param maxRequest largest request in bytes
 * @param maxEvent largest event in bytes, headers included
 * @param batchBytes size of the batches that requests are divided into
 * @param bufferBytes what all connections may hold together
 * @param requestTimeout how long a request may take from its first byte to its last
 * @param tls how connections are encrypted, if they are
 * @param clientCertificates what is made of those of clients
 */
public record AvroSourceSettings(
        String name,
        String bind,
        int port,
        Compression compression,
        Acknowledge acknowledge,
        int maxConnections,
        int maxRequest,
        int maxEvent,
        int batchBytes,
        long bufferBytes,
        Duration requestTimeout,
        Optional<TlsEnd> tls,
        TlsEnd.ClientCertificates clientCertificates)
        implements EventSourceSettings {

    private static final int LARGEST_REQUEST = 1 << 30;

    /** What both directions of a connection go through. */
    public enum Compression {
        NONE,
        DEFLATE
    }

    /** When a client hears OK. */
    public enum Acknowledge {
        /** When all required stores have the batch. */
        STORED,
        /** When all required channels have it; what they hold is lost with the process. */
        CHANNEL
    }

    /**
     * Reads the section of one source; its keys are those of {@code millrace.source.avro} and of
     * every source.
     */
    public static AvroSourceSettings from(ConfigSection section, Config reference) {
        ConfigSection complete = section.withDefaults(reference.getConfig("millrace.source.avro"));
        complete.oneOf("type", Type.class);
        ConfigSection tls = complete.section("tls");
        AvroSourceSettings settings = new AvroSourceSettings(
                complete.name(),
                complete.string("bind"),
                complete.integer("port", 0, 65535),
                complete.oneOf("compression", Compression.class),
                complete.oneOf("acknowledge", Acknowledge.class),
                complete.integer("max-connections", 1, 1_000_000),
                (int) complete.bytes("max-request", 1024, LARGEST_REQUEST),
                (int) complete.bytes("max-event", 64, EventBatch.LONGEST_EVENT),
                (int) complete.bytes("batch-bytes", 1024, EventBatch.LONGEST_EVENT),
                complete.bytes("buffer-bytes", 1024, Long.MAX_VALUE),
                complete.duration("request-timeout", Duration.ofMillis(1)),
                TlsEnd.from(tls),
                tls.oneOf("client-certificates", TlsEnd.ClientCertificates.class));
        if (settings.tls().isPresent() && settings.tls().get().keys().isEmpty()) {
            tls.problem("keystore", "is missing: a server needs a certificate");
        }
        settings.tls().ifPresent(end -> end.check(tls, false));
        tls.rejectUnknownKeys();
        complete.knows(List.of("channels", "interceptors", "selector")).rejectUnknownKeys();
        return settings;
    }

    @Override
    public EventSource source(Telemetry telemetry) {
        return AvroSource.of(this, telemetry);
    }

    private enum Type {
        AVRO
    }
}
