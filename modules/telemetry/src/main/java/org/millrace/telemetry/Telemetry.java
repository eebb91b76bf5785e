package org.millrace.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The meters of one node, kept in a Micrometer registry so that any of its back ends can publish
 * them. A part of the node (a source, a channel, a lane, a sink) gets its {@link Part} once and
 * counts on it; all methods are thread-safe.
 *
 * <p>A meter is called {@code millrace.<kind>.<what>} and carries the tag {@code name}, the name
 * that the user gave the part; {@code reason} is added where something was dropped or failed.
 */
public final class Telemetry {
    private static final String PREFIX = "millrace.";

    private final MeterRegistry registry;

    public Telemetry(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Meters in memory only. */
    public static Telemetry inMemory() {
        return new Telemetry(new SimpleMeterRegistry());
    }

    /** The registry, for a back end that publishes it. */
    public MeterRegistry registry() {
        return registry;
    }

    /**
     * The meters of one part.
     *
     * @param kind source, channel, lane, receiver, sink
     * @param name the part's name in the configuration
     */
    public Part part(String kind, String name) {
        return new Part(kind, name);
    }

    /**
     * All meters as text, one line a part, in the order of kind and name, such as {@code channel
     * kafka: committed.events=10000 depth.events=0}. A gauge that cannot be read shows {@code NaN}.
     */
    public List<String> lines() {
        Map<String, Map<String, String>> parts = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            String id = meter.getId().getName();
            String name = meter.getId().getTag("name");
            int dot = id.indexOf('.', PREFIX.length());
            if (!id.startsWith(PREFIX) || dot < 0 || name == null) {
                // Somebody else's: an embedding program may keep its own meters in this registry.
                continue;
            }
            String reason = meter.getId().getTag("reason");
            String what = id.substring(dot + 1) + (reason == null ? "" : "[" + reason + "]");
            parts.computeIfAbsent(id.substring(PREFIX.length(), dot) + " " + name, part -> new TreeMap<>())
                    .put(what, text(meter.measure().iterator().next().getValue()));
        }
        List<String> lines = new ArrayList<>();
        parts.forEach((part, values) -> {
            StringBuilder line = new StringBuilder(part).append(':');
            values.forEach(
                    (what, value) -> line.append(' ').append(what).append('=').append(value));
            lines.add(line.toString());
        });
        return lines;
    }

    /** What the gauges {@code what} of all parts of this kind come to; 0 where there is none. */
    public double total(String kind, String what) {
        return registry.find(PREFIX + kind + "." + what).gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
    }

    private static String text(double value) {
        return value == Math.rint(value) && !Double.isInfinite(value)
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** The meters of one part of a node. */
    public final class Part {
        private final String kind;
        private final String name;

        private Part(String kind, String name) {
            this.kind = kind;
            this.name = name;
        }

        /** The counter {@code what} of this part, made at the first call. */
        public Counter counter(String what) {
            return registry.counter(id(what), List.of(Tag.of("name", name)));
        }

        /**
         * The counter {@code what} of this part for one of a small, fixed set of reasons. Count {@code
         * what} always with a reason or never: some back ends refuse a meter that has a tag only at
         * times.
         */
        public Counter counter(String what, String reason) {
            return registry.counter(id(what), List.of(Tag.of("name", name), Tag.of("reason", reason)));
        }

        /**
         * A value that is read whenever somebody looks, from any thread; replaces an earlier gauge of
         * that name. The registry keeps {@code value}, and all that it refers to, until then.
         */
        public void gauge(String what, Supplier<Number> value) {
            // A registry keeps the first of two gauges of one name; two that replace must not overlap.
            synchronized (registry) {
                Gauge old = registry.find(id(what)).tag("name", name).gauge();
                if (old != null) {
                    registry.remove(old);
                }
                Gauge.builder(id(what), value).tag("name", name).register(registry);
            }
        }

        private String id(String what) {
            return PREFIX + kind + "." + what;
        }
    }
}
