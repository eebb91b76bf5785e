package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

class SinkSettingsTest {
    private static final Config REFERENCE = ConfigFactory.parseResources("reference.conf");

    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldReadDefaultsAndWhatASectionSets() {
        SinkSettings settings = sink("type = kafka, channel = c1, retry-longest = 1 s");

        assertThat(problems.found()).isEmpty();
        assertThat(settings)
                .isEqualTo(new SinkSettings(
                        "k1", "c1", 64, new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(1))));
    }

    @Test
    void shouldNameEveryMistake() {
        sink("transactions-ahead = 0, retry-shortest = 2 s, retry-longest = 1 s");

        assertThat(problems.found().stream().map(ConfigProblem::key))
                .containsExactly(
                        "sinks.k1.type", "sinks.k1.channel", "sinks.k1.transactions-ahead", "sinks.k1.retry-longest");
    }

    private SinkSettings sink(String text) {
        Config root = ConfigFactory.parseString("sinks.k1 {" + text + "}");
        Config defaults = REFERENCE.getConfig("millrace.sink.defaults");
        return SinkSettings.from(ConfigSection.of(root, "sinks.k1", problems).withDefaults(defaults));
    }

    @Test
    void shouldReadWhereDeadLettersGo() {
        assertThat(deadLetters("")).isEqualTo(new DeadLetterSettings(Path.of("data"), 1L << 30));
        assertThat(deadLetters("directory = /x, max-bytes = 1 KiB"))
                .isEqualTo(new DeadLetterSettings(Path.of("/x"), 1024));
        assertThat(problems.found()).isEmpty();
        deadLetters("maxbytes = 1");
        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "dead-letters.maxbytes", "is not a key of this section; did you mean 'max-bytes'?"));
    }

    private DeadLetterSettings deadLetters(String text) {
        Config root = ConfigFactory.parseString("dead-letters {" + text + "}");
        return DeadLetterSettings.from(ConfigSection.of(root, "dead-letters", problems), REFERENCE, Path.of("data"));
    }
}
