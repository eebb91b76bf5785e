package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HdfsSinkTest {
    private static final String COLLECTOR = """
            c.sources = r
            c.channels = h
            c.sinks = k
            c.sources.r.type = avro
            c.sources.r.bind = node04
            c.sources.r.port = 52020
            c.sources.r.channels = h
            c.channels.h.type = memory
            c.sinks.k.type = hdfs
            c.sinks.k.channel = h
            c.sinks.k.hdfs.path = hdfs://nn:8020/logs
            c.sinks.k.hdfs.fileType = DataStream
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "round = true                                   | round-down = 1 s",
                "round = TRUE, roundValue = 10, roundUnit = Minute | round-down = 10 m",
                "round = true, roundUnit = hour                 | round-down = 1 h",
                "useLocalTimeStamp = true                       | timestamp = local",
                "useLocalTimeStamp = false                      | timestamp = header",
                "idleTimeout = 20                               | idle-close = 20 s",
                "rollSize = 2000                                | roll-size = 2000 B",
            })
    void shouldTranslateKeys(String flume, String hocon) throws IOException {
        Translation translation = translate(flume);

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.text()).contains("        " + hocon + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "round = true, roundUnit = day    | roundUnit: must be second, minute or hour, is 'day'",
                "round = true, roundValue = 0     | roundValue: must be at least 1, is 0",
                "round = maybe                    | round: must be true or false, is 'maybe'",
                "codeC = gzip                     | codeC: 'gzip' is not supported yet",
            })
    void shouldNameMistakes(String flume, String message) throws IOException {
        assertThat(translate(flume).problems()).singleElement().asString().contains(message);
    }

    @ParameterizedTest
    @CsvSource({"roundValue = 10", "'round = false, roundValue = 10'"})
    void shouldNoticeARoundingThatIsTurnedOff(String flume) throws IOException {
        Translation translation = translate(flume);

        assertThat(translation.text()).doesNotContain("round-down");
        assertThat(translation.notices())
                .extracting(Notice::toString)
                .anyMatch(notice -> notice.contains("roundValue: written '10', left out: not needed"));
    }

    private Translation translate(String properties) throws IOException {
        String lines = Stream.of(properties.split(", ", -1))
                .map(line -> "c.sinks.k.hdfs." + line + "\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(directory.resolve("flume.conf"), COLLECTOR + lines);
        return Translation.of(file, "c", Optional.empty(), Published.NO_OPTIONS, Published.surroundings(Map.of()));
    }
}
