package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.source.spool.SpoolDirectorySettings.OnCompletion;

class SpoolDirectorySettingsTest {
    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldHaveDefaultsForAllButTheDirectory() {
        SpoolDirectorySettings settings = read("directory = /var/spool/a/../b, channels = [kafka]");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.name()).isEqualTo("logs");
        assertThat(settings.directory()).isEqualTo(Path.of("/var/spool/b"));
        assertThat(settings.stateDirectory()).isEqualTo(Path.of("/state"));
        assertThat(settings.include().matcher("any\nname").matches()).isTrue();
        assertThat(settings.ignore()).isEmpty();
        assertThat(settings.recursive()).isFalse();
        assertThat(settings.completedSuffix()).isEqualTo(".COMPLETED");
        assertThat(settings.failedSuffix()).isEqualTo(".FAILED");
        assertThat(settings.onCompletion()).isEqualTo(OnCompletion.RENAME);
        assertThat(settings.fileHeader()).isEmpty();
        assertThat(settings.basenameHeader()).contains("basename");
        assertThat(settings.pollInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.restTime()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.maxEvent()).isEqualTo(1000 << 10);
        assertThat(settings.batchBytes()).isEqualTo(64 << 10);
        assertThat(settings.batchEvents()).isEqualTo(1000);
        assertThat(settings.progressInterval()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void shouldTakeWhatTheUserSets() {
        SpoolDirectorySettings settings = read("""
                type = spool-directory
                directory = /in
                include-pattern = ".*[.]log"
                ignore-pattern = "x.*"
                recursive = true
                on-completion = delete
                rest-time = 0 s
                max-event = 64 KiB
                """);

        assertThat(problems.found()).isEmpty();
        assertThat(settings.ignore().orElseThrow().pattern()).isEqualTo("x.*");
        assertThat(settings.recursive()).isTrue();
        assertThat(settings.onCompletion()).isEqualTo(OnCompletion.DELETE);
        assertThat(settings.restTime()).isEqualTo(Duration.ZERO);
        assertThat(settings.maxEvent()).isEqualTo(64 << 10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            directory = ""             | directory        | must not be empty
            directory = /state         | directory        | must not hold the agent's state directory /state
            directory = /, recursive=on| directory        | must not hold the agent's state directory /state
            type = tail                | type             | 'tail' is not one of spool-directory
            include-pattern = "("      | include-pattern  | is no regular expression
            ignore-pattern = "["       | ignore-pattern   | is no regular expression
            completed-suffix = a/b     | completed-suffix | must not have a '/'
            completed-suffix = "\\u0000" | completed-suffix | cannot be the end of a file name
            failed-suffix = ""         | failed-suffix    | must not be empty
            failed-suffix = .COMPLETED | failed-suffix    | must differ from completed-suffix
            file-header = true, file-header-key = basename | basename-header-key | must differ from file-header-key
            on-completion = keep       | on-completion    | 'keep' is not one of rename, delete
            poll-interval = 0          | poll-interval    | must be at least 1 ms
            rest-time = -1 s           | rest-time        | must be at least 0 s
            max-event = 1              | max-event        | must be from 64
            batch-bytes = 1            | batch-bytes      | must be from 1 KiB
            batch-events = 0           | batch-events     | must be from 1
            progress-interval = 0      | progress-interval| must be at least 1 ms
            file-headers = true        | file-headers     | did you mean 'file-header'?
            """)
    void shouldNameEachMistake(String written, String key, String message) {
        read("directory = /in, " + written);

        assertThat(problems.found())
                .extracting(ConfigProblem::key)
                .containsExactly("millrace.agent.sources.logs." + key);
        assertThat(problems.found().get(0).message()).contains(message);
    }

    @Test
    void shouldMissTheDirectory() {
        read("");
        assertThat(problems.found()).extracting(ConfigProblem::message).isEqualTo(List.of("is missing"));
    }

    private SpoolDirectorySettings read(String section) {
        ConfigSection root = ConfigSection.of(
                ConfigFactory.parseString("millrace.agent.sources.logs { " + section + " }"),
                "millrace.agent.sources.logs",
                problems);
        return SpoolDirectorySettings.from(root, ConfigFactory.load(), Path.of("/state"));
    }
}
