package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list and the translation agree: what the list calls the same or better is really translated. */
class CensusTest {
    @TempDir
    private Path directory;

    static List<Census.Type> translated() {
        return Census.types().stream()
                .filter(type -> type.verdict().isTranslated())
                .filter(type -> type.kind() != Census.Kind.DESERIALIZER && type.kind() != Census.Kind.SERIALIZER)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("translated")
    void shouldSayWhatBecomesOfEveryProperty(Census.Type type) throws IOException {
        String path = pathOf(type);
        StringBuilder text = new StringBuilder(path.contains("interceptors") ? "a.sources.r.interceptors = i\n" : "");
        text.append("a.sources = r\na.channels = c\na.sinks = k\na.sinkgroups = g\na.sinkgroups.g.sinks = k\n");
        text.append(path).append("type = ").append(type.name()).append('\n');
        type.properties()
                .keySet()
                .forEach(
                        name -> text.append(path).append(name.replace("*", "k")).append(" = 1\n"));
        Path file = Files.writeString(directory.resolve("flume.conf"), text);

        for (FlumeKind kind : FlumeKind.values()) {
            Translation translation = Translation.of(
                    file, "a", Optional.of(kind), Published.NO_OPTIONS, Published.surroundings(Map.of()));
            assertThatCode(translation::config).doesNotThrowAnyException();
            type.properties().forEach((name, verdict) -> {
                if (!verdict.isTranslated()
                        && (type.kind() != Census.Kind.SINK || kind == kindOf(type))
                        && (type.kind() != Census.Kind.SOURCE || kind == kindOf(type))
                        && (type.kind() != Census.Kind.PROCESSOR || kind == FlumeKind.AGENT)) {
                    assertThat(Stream.concat(
                                    translation.notices().stream().map(Notice::key),
                                    translation.problems().stream().map(problem -> problem.key())))
                            .contains(path + name.replace("*", "k"));
                }
            });
        }
    }

    /**
     * What is held against what an import makes of it is not a choice of easy ones. What is Avro RPC's has
     * tests of its own, with Flume at the other end.
     */
    @ParameterizedTest
    @MethodSource("translated")
    void shouldHaveEveryTranslatedPropertyInTheFileWithEverything(Census.Type type) throws IOException {
        String text = Files.readString(Published.file("everything.properties"));

        assertThat(text).containsPattern("(?m)\\.type = (" + alternatives(type.names()) + ")$");
        type.properties().forEach((name, verdict) -> {
            if (verdict.isTranslated() && !type.name().equals("avro")) {
                assertThat(text)
                        .as(type.name() + " " + name)
                        .containsPattern("(?m)\\." + Pattern.quote(name).replace("*", "\\E\\S+\\Q") + " = ");
            }
        });
    }

    private static String alternatives(List<String> names) {
        return names.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    }

    @Test
    void shouldFindTypesByShortNameInAnyCaseAndByClass() {
        assertThat(Census.find(Census.Kind.SOURCE, "SpoolDir")).isPresent();
        assertThat(Census.find(Census.Kind.SINK, "org.apache.flume.sink.hdfs.HDFSEventSink"))
                .hasValueSatisfying(type -> assertThat(type.name()).isEqualTo("hdfs"));
        assertThat(Census.find(Census.Kind.SINK, "org.apache.flume.sink.hdfs.hdfseventsink"))
                .isEmpty();
        assertThat(Census.find(Census.Kind.CHANNEL, "hdfs")).isEmpty();
    }

    private static FlumeKind kindOf(Census.Type type) {
        boolean agents = List.of("spooldir").contains(type.name())
                || (type.kind() == Census.Kind.SINK && type.name().equals("avro"));
        return agents ? FlumeKind.AGENT : FlumeKind.COLLECTOR;
    }

    private static String pathOf(Census.Type type) {
        return switch (type.kind()) {
            case SOURCE -> "a.sources.r.";
            case CHANNEL -> "a.channels.c.";
            case SINK -> "a.sinks.k.";
            case PROCESSOR -> "a.sinkgroups.g.processor.";
            case SELECTOR -> "a.sources.r.selector.";
            case INTERCEPTOR -> "a.sources.r.interceptors.i.";
            case SERIALIZER, DESERIALIZER -> throw new IllegalArgumentException("has no keys of its own");
        };
    }
}
