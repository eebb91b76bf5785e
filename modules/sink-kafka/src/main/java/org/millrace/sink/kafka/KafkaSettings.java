package org.millrace.sink.kafka;

import com.typesafe.config.Config;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.SinkSettings;

/**
 * How events become records, and the producer that sends them.
 *
 * @param sink what every sink is configured with
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param topic the topic of events that name none
 * @param topicHeader the header that names an event's topic
 * @param keyHeader the header whose value is the record's key
 * @param headers whether headers go into the record
 * @param producer all properties of the producer, complete
 */
public record KafkaSettings(
        SinkSettings sink,
        String bootstrapServers,
        Optional<String> topic,
        Optional<String> topicHeader,
        Optional<String> keyHeader,
        boolean headers,
        Map<String, String> producer) {
    private static final Pattern SERVERS = Pattern.compile("[^\\s,]+:\\d{1,5}(\\s*,\\s*[^\\s,]+:\\d{1,5})*");
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");
    private static final Map<String, String> NOT_FOR_USERS = Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "set bootstrap-servers instead",
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, "keys are sent as they are",
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, "bodies are sent as they are",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, "the sink does not use Kafka's transactions");
    private static final Set<String> ALL_REPLICAS = Set.of("all", "-1");

    private enum Compression {
        NONE,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    /** Secrets may be among the producer's properties: never in a log. */
    @Override
    public String toString() {
        return "KafkaSettings(" + sink.name() + " -> " + bootstrapServers + ")";
    }

    /**
     * Reads the whole section of one sink, the common keys of every sink included.
     *
     * @param section with the keys of {@code millrace.sink.kafka} and {@code millrace.sink.defaults}
     * @param reference the configuration that has those defaults
     */
    public static KafkaSettings from(ConfigSection section, Config reference) {
        ConfigSection complete = section.withDefaults(SinkSettings.defaults(reference, "kafka"));
        SinkSettings sink = SinkSettings.from(complete);
        String servers = complete.string("bootstrap-servers");
        if (!servers.isBlank() && !SERVERS.matcher(servers.strip()).matches()) {
            complete.problem("bootstrap-servers", "must be host:port,host:port..., is '" + servers + "'");
        }
        Compression compression = complete.oneOf("compression", Compression.class);
        Map<String, String> user = complete.properties("producer");
        Map<String, String> producer = producer(sink.name(), servers, compression, user);
        check(complete, user, producer);
        noticeWhatIsGivenAway(complete, producer);
        KafkaSettings settings = new KafkaSettings(
                sink,
                servers,
                complete.optionalString("topic"),
                complete.optionalString("topic-header"),
                complete.optionalString("key-header"),
                complete.bool("headers"),
                Map.copyOf(producer));
        settings.checkTopic(complete);
        complete.rejectUnknownKeys();
        return settings;
    }

    private void checkTopic(ConfigSection section) {
        if (topic.isEmpty() && topicHeader.isEmpty()) {
            section.problem("topic", "is missing; set it, or topic-header");
        }
        if (topic.isPresent() && !TOPIC.matcher(topic.get()).matches()) {
            section.problem("topic", "'" + topic.get() + "' is no topic: 1 to 249 of a-z A-Z 0-9 . _ -");
        }
    }

    private static Map<String, String> producer(
            String name, String servers, Compression compression, Map<String, String> user) {
        Map<String, String> all = new HashMap<>();
        all.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-" + name);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
        all.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(512 << 10));
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(32 << 20));
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.name().toLowerCase(Locale.ROOT));
        all.putAll(user);
        all.putIfAbsent(
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                Boolean.toString(ALL_REPLICAS.contains(all.get(ProducerConfig.ACKS_CONFIG))));
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers.strip());
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return all;
    }

    private static void check(ConfigSection section, Map<String, String> user, Map<String, String> producer) {
        boolean fine = true;
        for (Map.Entry<String, String> key : NOT_FOR_USERS.entrySet()) {
            if (user.containsKey(key.getKey())) {
                section.problem("producer", key.getKey() + " cannot be set here: " + key.getValue());
                fine = false;
            }
        }
        for (ConfigValue value : ProducerConfig.configDef().validate(producer)) {
            if (!value.errorMessages().isEmpty()) {
                // The others of one key follow from its first.
                section.problem("producer", value.errorMessages().get(0));
                fine = false;
            }
        }
        if (fine) {
            checkTogether(section, producer);
        }
    }

    /** What Kafka accepts one by one and not together, such as idempotence with acks=1. */
    private static void checkTogether(ConfigSection section, Map<String, String> producer) {
        try {
            new ProducerConfig(Map.copyOf(producer));
        } catch (ConfigException e) {
            section.problem("producer", e.getMessage());
        }
    }

    private static void noticeWhatIsGivenAway(ConfigSection section, Map<String, String> producer) {
        String acks = producer.get(ProducerConfig.ACKS_CONFIG);
        if (!ALL_REPLICAS.contains(acks)) {
            section.notice("producer", "acks = " + acks + ": what Kafka acknowledged is lost when its leader is");
        }
        if (!Boolean.parseBoolean(producer.get(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG))) {
            section.notice("producer", "enable.idempotence = false: a retry may store events twice or out of order");
        }
        String timeout = producer.get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        if (!timeout.equals(Integer.toString(Integer.MAX_VALUE))) {
            section.notice("producer", "delivery.timeout.ms = " + timeout + ": a longer outage may store events twice");
        }
    }
}
