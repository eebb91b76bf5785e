package org.millrace.sink.avro;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.millrace.avrorpc.TlsEnd;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.SinkSettings;

/**
 * To whom events are delivered, and how.
 *
 * @param sink what every sink is configured with
 * @param collectors at least one
 * @param spread over the collectors of one priority
 * @param batchEvents the most events of a request
 * @param batchBytes the most bytes of a request of several events
 * @param wire how connections are made
 */
public record AvroSettings(
        SinkSettings sink, List<Collector> collectors, Spread spread, int batchEvents, long batchBytes, Wire wire) {
    private static final int HIGHEST_PORT = 65_535;
    private static final int HIGHEST_PRIORITY = 1_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    /** Beyond it the largest request, with its overhead, would come near what arrays can hold. */
    private static final long MOST_BATCH_BYTES = 256L << 20;

    /** How requests are spread over collectors of one priority. */
    public enum Spread {
        ROUND_ROBIN,
        RANDOM
    }

    /**
     * How connections are made.
     *
     * @param connectTimeout how long a collector may take to accept one
     * @param requestTimeout how long it may take to answer
     * @param reconnectInterval when one is replaced by a new one; zero for never
     * @param deflate the level of compression; empty for none
     * @param tls empty for none
     */
    public record Wire(
            Duration connectTimeout,
            Duration requestTimeout,
            Duration reconnectInterval,
            OptionalInt deflate,
            Optional<Tls> tls) {}

    /**
     * How connections are encrypted.
     *
     * @param servers which collectors are talked to
     */
    public record Tls(TlsEnd end, TlsEnd.ServerCertificates servers) {}

    private enum Compression {
        NONE,
        DEFLATE
    }

    /**
     * Reads the whole section of one sink, the common keys of every sink included.
     *
     * @param section with the keys of {@code millrace.sink.avro} and {@code millrace.sink.defaults}
     * @param reference the configuration that has those defaults
     */
    public static AvroSettings from(ConfigSection section, Config reference) {
        ConfigSection complete = section.withDefaults(SinkSettings.defaults(reference, "avro"));
        AvroSettings settings = new AvroSettings(
                SinkSettings.from(complete),
                collectors(complete),
                complete.oneOf("spread", Spread.class),
                complete.integer("batch-events", 1, Integer.MAX_VALUE),
                complete.bytes("batch-bytes", 1, MOST_BATCH_BYTES),
                wire(complete));
        complete.rejectUnknownKeys();
        return settings;
    }

    private static Wire wire(ConfigSection section) {
        int level = section.integer("compression-level", 1, 9);
        boolean deflate = section.oneOf("compression", Compression.class) == Compression.DEFLATE;
        return new Wire(
                section.duration("connect-timeout", SHORTEST),
                section.duration("request-timeout", SHORTEST),
                section.duration("reconnect-interval", Duration.ZERO),
                deflate ? OptionalInt.of(level) : OptionalInt.empty(),
                tls(section.section("tls")));
    }

    private static Optional<Tls> tls(ConfigSection section) {
        boolean any = section.bool("trust-all");
        boolean host = section.bool("check-host");
        TlsEnd.ServerCertificates servers = any
                ? TlsEnd.ServerCertificates.ANY
                : host ? TlsEnd.ServerCertificates.TRUSTED_WITH_HOST : TlsEnd.ServerCertificates.TRUSTED;
        Optional<Tls> tls = TlsEnd.from(section).map(end -> new Tls(end, servers));
        tls.ifPresent(checked -> checked.end().check(section, any));
        section.rejectUnknownKeys();
        return tls;
    }

    private static List<Collector> collectors(ConfigSection section) {
        List<Collector> collectors = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        section.sections("collectors").forEach((name, own) -> {
            Collector collector = new Collector(
                    name,
                    own.optionalString("host").orElse(name),
                    own.integer("port", 1, HIGHEST_PORT),
                    own.has("priority") ? own.integer("priority", 0, HIGHEST_PRIORITY) : 0);
            String other = names.putIfAbsent(collector.toString(), name);
            if (other != null) {
                own.problem("is " + collector + ", as " + other + " is already");
            }
            own.rejectUnknownKeys();
            collectors.add(collector);
        });
        if (collectors.isEmpty()) {
            section.problem("collectors", "must have at least one, such as: node04 { port = 52020 }");
        }
        return List.copyOf(collectors);
    }
}
