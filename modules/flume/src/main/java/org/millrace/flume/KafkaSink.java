package org.millrace.flume;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Flume's Kafka sink, with its old names, as a sink of type {@code kafka}. */
final class KafkaSink {
    private static final String DEFAULT_TOPIC = "default-flume-topic";
    private static final Set<String> SET_BY_MILLRACE = Set.of("key.serializer", "value.serializer");

    /** Kafka's property; an empty value takes any host name. */
    private static final String HOST_NAME_CHECK = "ssl.endpoint.identification.algorithm";

    private KafkaSink() {}

    /** The property that says how large its batches are. */
    static Optional<Property> batchSize(Component sink) {
        return sink.peek("flumeBatchSize").or(() -> sink.peek("batchSize"));
    }

    static void write(Component sink, Hosts hosts, HoconText out) {
        out.put("type", "kafka", sink.where());
        servers(sink, hosts, out);
        topic(sink, out);
        out.comment("As Flume's sink: the record's key is the header \"key\".");
        out.put("key-header", "key", sink.where());
        acks(sink, out);
        producer(sink, out);
        sink.finish();
    }

    private static void servers(Component sink, Hosts hosts, HoconText out) {
        Optional<Property> servers = sink.findRenamed("kafka.bootstrap.servers", "brokerList");
        if (servers.isEmpty()) {
            sink.missing("kafka.bootstrap.servers");
            return;
        }
        String resolved = Stream.of(servers.get().value().split(",", -1))
                .map(String::strip)
                .map(server -> hosts.resolveHostAndPort(server, servers.get()))
                .collect(Collectors.joining(","));
        out.put("bootstrap-servers", HoconText.quoted(resolved), servers.get().where());
    }

    private static void topic(Component sink, HoconText out) {
        Optional<Property> topic = sink.findRenamed("kafka.topic", "topic");
        if (topic.isPresent() && topic.get().value().contains("%")) {
            sink.findings()
                    .problem(topic.get(), "escapes in a topic are not supported yet; topicHeader names a header");
        }
        if (topic.isEmpty()) {
            out.comment("Flume's default.");
        }
        out.put(
                "topic",
                HoconText.quoted(topic.map(Property::value).orElse(DEFAULT_TOPIC)),
                topic.map(Property::where).orElse(sink.where()));
        Optional<Property> override = sink.find("allowTopicOverride");
        Optional<Property> header = sink.find("topicHeader");
        if (override.flatMap(sink::bool).orElse(true)) {
            if (header.isEmpty()) {
                out.comment("As Flume's sink: an event's header \"topic\" wins over the topic above.");
            }
            out.put(
                    "topic-header",
                    HoconText.quoted(header.map(Property::value).orElse("topic")),
                    header.map(Property::where).orElse(sink.where()));
        } else {
            header.ifPresent(
                    found -> sink.findings().notice(found, "", "not needed where allowTopicOverride is false"));
        }
    }

    private static void acks(Component sink, HoconText out) {
        Optional<Property> acks = sink.findRenamed("kafka.producer.acks", "requiredAcks");
        acks.filter(found -> !Set.of("all", "-1").contains(found.value())).ifPresent(found -> {
            sink.findings()
                    .notice(
                            found,
                            "acks = all",
                            "with less, Kafka loses what it has acknowledged when a broker dies; who wants that writes"
                                    + " producer { acks = " + found.value() + " } into Millrace's file");
            out.comment("acks = all, where Flume's file has " + found.value() + ": nothing acknowledged is lost.");
        });
    }

    private static void producer(Component sink, HoconText out) {
        Map<String, Property> written = new TreeMap<>(sink.below("kafka.producer."));
        written.remove("acks");
        SET_BY_MILLRACE.forEach(name -> Optional.ofNullable(written.remove(name))
                .ifPresent(found -> sink.findings().notice(found, "", "not needed: bodies are sent as they are")));
        sink.find("ssl.disableTLSHostnameVerification")
                .filter(found -> sink.bool(found).orElse(false))
                .ifPresent(found -> written.put(HOST_NAME_CHECK, found.withValue("")));
        if (!written.isEmpty()) {
            out.open("producer", written.values().iterator().next().where());
            written.forEach((name, found) ->
                    out.line(HoconText.quoted(name) + " = " + HoconText.quoted(found.value()), found.where()));
            out.close();
        }
    }
}
