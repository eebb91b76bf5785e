package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;

class CollectorSourcesTest {
    private static final String COLLECTOR = """
            a.channels = c1 c2
            a.sinks = k1 k2
            a.sources = plain secret
            a.sources.plain.type = avro
            a.sources.plain.bind = 0.0.0.0
            a.sources.plain.port = 4141
            a.sources.plain.channels = c1 c2
            a.sources.plain.interceptors = i
            a.sources.plain.interceptors.i.type = timestamp
            a.sources.secret.type = avro
            a.sources.secret.bind = 127.0.0.1
            a.sources.secret.port = 4142
            a.sources.secret.ssl = true
            a.sources.secret.keystore = /etc/keys.p12
            a.sources.secret.channels = c2 c1
            a.sources.secret.interceptors = i
            a.sources.secret.interceptors.i.type = timestamp
            a.channels.c1.type = memory
            a.channels.c2.type = memory
            a.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink
            a.sinks.k1.channel = c1
            a.sinks.k1.kafka.bootstrap.servers = localhost:9092
            a.sinks.k2.type = org.apache.flume.sink.kafka.KafkaSink
            a.sinks.k2.channel = c2
            a.sinks.k2.kafka.bootstrap.servers = localhost:9092
            """;

    @TempDir
    private Path directory;

    @Test
    void shouldTranslateEverySource() throws IOException {
        Translation translation = translate("");

        assertThat(translation.problems()).isEmpty();
        Config collector = translation.config().getConfig("millrace.collector");
        assertThat(collector.getConfigList("interceptors")).hasSize(1);
        assertThat(collector.getInt("sources.plain.port")).isEqualTo(4141);
        assertThat(collector.hasPath("sources.plain.tls")).isFalse();
        assertThat(collector.getInt("sources.secret.port")).isEqualTo(4142);
        assertThat(collector.getBoolean("sources.secret.tls.enabled")).isTrue();
        assertThat(collector.getStringList("sources.secret.channels")).containsExactly("c2", "c1");
        assertThat(collector.getConfigList("sources.secret.interceptors")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sources.secret.channels = c1 | a.sources.secret | has other channels, interceptors or another selector",
                "sources.secret.selector.type = multiplexing | a.sources.secret | than a.sources.plain: not supported",
                "sources.secret.interceptors.i.headerName = at | a.sources.secret | has other channels, interceptors",
                "sources.secret.type = netcat | a.sources.secret.type | the source 'netcat' is not supported yet",
                "sources.secret.type = spooldir | a.sources.secret.type | 'spooldir' on a collector is not supported",
                "sources.secret.ssI = true | a.sources.secret.ssI | did you mean 'ssl'",
                "sources.secret.channels = c1 c3 | a.sources.secret.channels | there is no channel 'c3'",
                "sources.secret.ipFilter = true | a.sources.secret.ipFilter | only false is",
            })
    void shouldNameWhatIsNotTakenOver(String line, String key, String message) throws IOException {
        assertThat(translate("a." + line + "\n").problems()).anySatisfy(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void shouldLeaveOutTheRulesOfAFilterThatIsOff() throws IOException {
        Translation off = translate("a.sources.plain.ipFilterRules = allow:ip:127.*\n");
        assertThat(off.problems()).isEmpty();
        assertThat(off.notices())
                .extracting(Notice::toString)
                .anyMatch(notice -> notice.contains("ipFilterRules: written 'allow:ip:127.*', left out: not needed"));

        assertThat(translate("a.sources.plain.ipFilter = true\na.sources.plain.ipFilterRules = allow:ip:127.*\n")
                        .problems())
                .extracting(ConfigProblem::key)
                .containsExactly("a.sources.plain.ipFilter", "a.sources.plain.ipFilterRules");
    }

    @Test
    void shouldNameTheMistakesOfEverySourceInOneGo() throws IOException {
        List<ConfigProblem> problems = translate("""
                        a.sources.plain.port = x
                        a.sources.secret.port = y
                        a.sources.secret.keystore =
                        """).problems();

        assertThat(problems)
                .extracting(ConfigProblem::key)
                .contains("a.sources.plain.port", "a.sources.secret.port", "a.sources.secret.keystore");
    }

    private Translation translate(String more) throws IOException {
        Path file = Files.writeString(directory.resolve("flume.conf"), COLLECTOR + more);
        return Published.translate(file, "a", Published.NO_OPTIONS);
    }
}
