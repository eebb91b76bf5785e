package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.settings.ConfigNotice;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.RetryPolicy;
import org.millrace.sink.SinkSettings;

class KafkaSettingsTest {
    private static final String GOOD = "type = kafka, channel = c1, bootstrap-servers = \"h1:1,h2:2\", topic = t";

    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldReadDefaults() {
        KafkaSettings settings = read(GOOD);

        assertThat(problems.found()).isEmpty();
        assertThat(settings.sink())
                .isEqualTo(new SinkSettings(
                        "k1", "c1", 64, new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5))));
        assertThat(settings.topic()).contains("t");
        assertThat(settings.topicHeader()).isEmpty();
        assertThat(settings.keyHeader()).isEmpty();
        assertThat(settings.headers()).isTrue();
        assertThat(problems.notices()).isEmpty();
        assertThat(settings.producer())
                .containsEntry("bootstrap.servers", "h1:1,h2:2")
                .containsEntry("client.id", "millrace-k1")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("delivery.timeout.ms", "2147483647")
                .containsEntry("linger.ms", "5")
                .containsEntry("batch.size", "524288")
                .containsEntry("buffer.memory", "33554432")
                .containsEntry("compression.type", "none");
    }

    @Test
    void shouldLetTheUsersProducerPropertiesWin() {
        KafkaSettings settings = read(GOOD + ", compression = zstd, producer {"
                + " linger.ms = 50, \"batch.size\" = 1000, compression.type = lz4, ssl { protocol = TLSv1.3 } }");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.producer())
                .containsEntry("linger.ms", "50")
                .containsEntry("batch.size", "1000")
                .containsEntry("compression.type", "lz4")
                .containsEntry("ssl.protocol", "TLSv1.3");
        assertThat(problems.notices()).isEmpty();
        assertThat(settings.toString()).doesNotContain("TLS");
    }

    @Test
    void shouldWarnOfWhatIsGivenAway() {
        KafkaSettings settings = read(GOOD + ", producer { acks = 1, delivery.timeout.ms = 120000 }");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.producer()).containsEntry("enable.idempotence", "false");
        assertThat(problems.notices())
                .extracting(ConfigNotice::message)
                .hasSize(3)
                .anyMatch(warning -> warning.startsWith("acks = 1: "))
                .anyMatch(warning -> warning.startsWith("enable.idempotence = false: "))
                .anyMatch(warning -> warning.startsWith("delivery.timeout.ms = 120000: "));
    }

    @Test
    void shouldNotWarnOfAllReplicasByTheirOldName() {
        read(GOOD + ", producer { acks = -1 }");

        assertThat(problems.notices()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "producer { bootstrap.servers = \"h:1\" }|producer|bootstrap-servers",
                "producer { transactional.id = x }|producer|transactional.id",
                "producer { value.serializer = x }|producer|value.serializer",
                "producer { linger.ms = soon }|producer|linger.ms",
                "producer { acks = 1, enable.idempotence = true }|producer|acks",
                "producer { max.in.flight.requests.per.connection = 6 }|producer|max.in.flight",
                "compression = zip|compression|gzip",
                "topic = \"a b\"|topic|no topic",
                "topic = \"..\"|topic|no topic",
                "topic = \"\"|topic|topic-header",
                "bootstrap-servers = \"h1\"|bootstrap-servers|host:port",
                "bootstrap-servers = \"\"|bootstrap-servers|empty",
                "headers = perhaps|headers|true or false",
                "key-heder = x|key-heder|did you mean 'key-header'?",
                "dispatcher { throughput = 2 }|dispatcher|not a key",
                "retry-longest = 1 ms|retry-longest|retry-shortest"
            })
    void shouldNameTheMistake(String change, String key, String message) {
        read(GOOD + ", " + change);

        assertThat(problems.found()).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("sinks.k1." + key);
            assertThat(problem.message()).contains(message);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"h:1", "h1:9092, h2:9092", "[::1]:9092", "10.0.0.1:65535"})
    void shouldTakeServers(String servers) {
        read(GOOD + ", bootstrap-servers = \"" + servers + "\"");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldNameEveryMistakeOfAnEmptySection() {
        read("");
        assertThat(problems.found().stream().map(problem -> problem.key()))
                .contains("sinks.k1.type", "sinks.k1.channel", "sinks.k1.bootstrap-servers", "sinks.k1.topic")
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldProbeWithTheConnectionOfTheProducerOnly() {
        Map<String, Object> client = ClusterProbe.clientProperties(
                read(GOOD + ", producer { security.protocol = SSL, interceptor.classes = x, my.own = 1 }")
                        .producer());
        assertThat(client)
                .containsEntry("bootstrap.servers", "h1:1,h2:2")
                .containsEntry("security.protocol", "SSL")
                .containsEntry("my.own", "1")
                .doesNotContainKeys("acks", "batch.size", "key.serializer", "interceptor.classes");
    }

    private KafkaSettings read(String keys) {
        Config root = ConfigFactory.parseString("sinks.k1 {" + keys + "}");
        return KafkaSettings.from(ConfigSection.of(root, "sinks.k1", problems), ConfigFactory.defaultReference());
    }
}
