package org.millrace.flume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The Avro sinks of an agent that lead to collectors that run Flume, as sinks of type {@code avro}: all
 * those of a channel are one.
 */
final class FlumeSinks {
    private static final long SHORTEST_MILLIS = 1000;
    private static final String FLUMES_MILLIS = "20000";
    private static final List<String> TLS = List.of(
            "trust-all-certs",
            "truststore",
            "truststore-password",
            "truststore-type",
            "include-protocols",
            "exclude-protocols",
            "include-cipher-suites",
            "exclude-cipher-suites");

    /** One of Flume's sinks. */
    private record Sink(String name, Component component) {}

    /**
     * What a sink group says.
     *
     * @param selector how a load-balancing one chooses
     * @param longestPause how long one that failed is left alone at most
     */
    record Group(String name, Optional<Property> selector, Optional<Property> longestPause) {}

    private final Findings findings;
    private final Map<String, List<Sink>> byChannel = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();

    FlumeSinks(Findings findings) {
        this.findings = findings;
    }

    void add(String name, String channel, Component component) {
        byChannel.computeIfAbsent(channel, any -> new ArrayList<>()).add(new Sink(name, component));
    }

    /** Where they lead, as the file has it. */
    Set<String> hosts() {
        return byChannel.values().stream()
                .flatMap(List::stream)
                .flatMap(sink -> sink.component().peek("hostname").stream())
                .map(Property::value)
                .collect(Collectors.toSet());
    }

    boolean isEmpty() {
        return byChannel.isEmpty();
    }

    boolean has(String sink) {
        return byChannel.values().stream()
                .flatMap(List::stream)
                .anyMatch(known -> known.name().equals(sink));
    }

    boolean hasChannel(String channel) {
        return byChannel.containsKey(channel);
    }

    /** Notes which group a sink is in. */
    void group(String sink, Group group) {
        groups.put(sink, group);
    }

    /** Writes the section {@code sinks}, if there are any. */
    void write(CollectorTiers tiers, Hosts hosts, HoconText out, String where) {
        if (byChannel.isEmpty()) {
            return;
        }
        out.comment("These speak Flume's protocol. They are acknowledged when an event is in the collector's channel,"
                + " so what a memory channel there holds when it dies is lost.");
        out.open("sinks", where);
        byChannel.forEach((channel, sinks) -> write(channel, sinks, tiers, hosts, out));
        out.close();
    }

    private void write(String channel, List<Sink> sinks, CollectorTiers tiers, Hosts hosts, HoconText out) {
        Sink first = sinks.get(0);
        Optional<Group> group = Optional.ofNullable(groups.get(first.name()));
        out.open(group.map(Group::name).orElse(first.name()), first.component().where());
        out.put("type", "avro", first.component().where());
        out.put("channel", HoconText.quoted(channel), first.component().where());
        out.open("collectors", first.component().where());
        Map<String, Long> priorities =
                tiers.ranks(sinks.stream().map(Sink::name).toList());
        sinks.forEach(sink -> collector(sink, priorities.get(sink.name()), hosts, out));
        out.close();
        group.flatMap(Group::selector)
                .ifPresent(selector -> out.put(
                        "spread",
                        selector.value().equalsIgnoreCase("random") ? "random" : "round-robin",
                        selector.where()));
        group.flatMap(Group::longestPause)
                .ifPresent(pause -> first.component().number(pause, 1).ifPresent(millis -> {
                    out.put("retry-shortest", Math.min(100, millis) + " ms", pause.where());
                    out.put("retry-longest", millis + " ms", pause.where());
                }));
        requests(channel, sinks, out);
        compression(channel, sinks, out);
        tls(channel, sinks, out);
        sinks.forEach(sink -> sink.component().finish());
        out.close();
    }

    private void collector(Sink sink, long priority, Hosts hosts, HoconText out) {
        Component component = sink.component();
        out.open(sink.name(), component.where());
        component
                .required("hostname")
                .ifPresent(host -> out.put("host", HoconText.quoted(hosts.resolve(host.value(), host)), host.where()));
        component
                .required("port")
                .ifPresent(port -> component
                        .number(port, 1)
                        .ifPresent(number -> out.put("port", Long.toString(number), port.where())));
        out.put("priority", Long.toString(priority), component.where());
        out.close();
    }

    private void requests(String channel, List<Sink> sinks, HoconText out) {
        Component component = sinks.get(0).component();
        shared(channel, sinks, "batch-size")
                .ifPresent(size -> component
                        .number(size, 1)
                        .ifPresent(number -> out.put("batch-events", Long.toString(number), size.where())));
        timeout(channel, sinks, "connect-timeout", out);
        timeout(channel, sinks, "request-timeout", out);
        shared(channel, sinks, "reset-connection-interval")
                .ifPresent(interval -> component
                        .number(interval, 0)
                        .ifPresent(seconds -> out.put("reconnect-interval", seconds + " s", interval.where())));
    }

    private void timeout(String channel, List<Sink> sinks, String name, HoconText out) {
        shared(channel, sinks, name)
                .ifPresent(limit -> sinks.get(0).component().number(limit, 0).ifPresent(millis -> {
                    if (millis < SHORTEST_MILLIS) {
                        findings.notice(limit, FLUMES_MILLIS, "Flume takes no less than a second, and this instead");
                        out.put(name, FLUMES_MILLIS + " ms", limit.where());
                    } else {
                        out.put(name, millis + " ms", limit.where());
                    }
                }));
    }

    private void compression(String channel, List<Sink> sinks, HoconText out) {
        Optional<Property> type = shared(channel, sinks, "compression-type");
        Optional<Property> level = shared(channel, sinks, "compression-level");
        boolean deflate =
                type.filter(found -> found.value().equalsIgnoreCase("deflate")).isPresent();
        type.filter(found -> !deflate && !found.value().equalsIgnoreCase("none"))
                .ifPresent(found -> findings.problem(found, "must be none or deflate, is '" + found.value() + "'"));
        if (deflate) {
            out.put("compression", "deflate", type.get().where());
        }
        level.ifPresent(found -> {
            if (deflate) {
                out.put("compression-level", found.value(), found.where());
            } else {
                findings.notice(found, "", "has no effect without compression-type = deflate");
            }
        });
    }

    private void tls(String channel, List<Sink> sinks, HoconText out) {
        Map<String, Property> given = new LinkedHashMap<>();
        TLS.forEach(name -> shared(channel, sinks, name).ifPresent(found -> given.put(name, found)));
        Component component = sinks.get(0).component();
        Optional<Property> ssl = shared(channel, sinks, "ssl");
        if (!ssl.flatMap(component::bool).orElse(false)) {
            given.values().forEach(found -> findings.notice(found, "", "has no effect without ssl = true"));
            return;
        }
        findings.notice(
                ssl.get(),
                "tls { enabled = true, check-host = false }",
                "Flume does not look whether a certificate has the collector's name; check-host = true in Millrace's"
                        + " file does");
        out.open("tls", ssl.get().where());
        out.put("enabled", "true", ssl.get().where());
        out.comment("As Flume's sink. Better true, where certificates have the names of the hosts.");
        out.put("check-host", "false", ssl.get().where());
        given.forEach((name, found) -> {
            switch (name) {
                case "trust-all-certs" ->
                    component.bool(found).ifPresent(all -> out.put("trust-all", Boolean.toString(all), found.where()));
                case "truststore", "truststore-password", "truststore-type" ->
                    out.put(name, HoconText.quoted(found.value()), found.where());
                default -> out.put(name, HoconText.quoted(found.words()), found.where());
            }
        });
        out.close();
    }

    /** A property that the collectors of one channel have together. */
    private Optional<Property> shared(String channel, List<Sink> sinks, String name) {
        Optional<Property> first = sinks.get(0).component().find(name);
        for (Sink sink : sinks.subList(1, sinks.size())) {
            Optional<Property> other = sink.component().find(name);
            String here = other.map(Property::value).orElse(null);
            if (!Objects.equals(here, first.map(Property::value).orElse(null))) {
                findings.problem(
                        other.or(() -> first)
                                .map(Property::where)
                                .orElse(sink.component().where()),
                        sink.component().path() + "." + name,
                        "different values for the sinks of channel " + channel
                                + " are not supported yet: it must be as in "
                                + sinks.get(0).component().path());
            }
        }
        return first;
    }
}
