package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.telemetry.Telemetry;

class DeadLetterFileTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:11:12Z");

    @TempDir
    Path directory;

    private final Telemetry telemetry = Telemetry.inMemory();

    @Test
    void shouldKeepTheWholeEventOnALine() throws IOException {
        byte[] body = {0, '\n', '"', (byte) 0xff};
        open(1 << 20).record(Batches.of(41, body, Map.of("host", "a\"b\n", "app", "x")), 0, "too-large", "1 > 0\n2");

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(1);
        assertThat(fields(lines.get(0)))
                .containsExactly(
                        Map.entry("time", "2026-11-23T10:11:12Z"),
                        Map.entry("sink", "k1"),
                        Map.entry("reason", "too-large"),
                        Map.entry("detail", "1 > 0\n2"),
                        Map.entry("source", "spool"),
                        Map.entry("position", "3:42"),
                        Map.entry("headers.app", "x"),
                        Map.entry("headers.host", "a\"b\n"),
                        Map.entry("body-base64", Base64.getEncoder().encodeToString(body)));
        assertThat(telemetry
                        .part("sink", "k1")
                        .counter("deadlettered", "too-large")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldAppendAcrossRestarts() throws IOException {
        open(1 << 20).record(Batches.of(1, "one"), 0, "r", "d");
        open(1 << 20).record(Batches.of(2, ""), 0, "r", "d");

        assertThat(positions()).containsExactly("3:2", "3:3");
    }

    @Test
    void shouldGoOnBehindATornLine() throws IOException {
        DeadLetterFile file = open(1 << 20);
        file.record(Batches.of(1, "one"), 0, "r", "d");
        Files.writeString(file(), "{\"time\":\"2026", StandardOpenOption.APPEND);

        file.record(Batches.of(2, "two"), 0, "r", "d");

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo("{\"time\":\"2026");
        assertThat(fields(lines.get(2))).containsEntry("position", "3:3");
    }

    @Test
    void shouldRefuseMoreThanItsLimitUntilMovedAway() throws IOException {
        open(1 << 20).record(Batches.of(1, "one"), 0, "r", "d");
        long size = Files.size(file());
        DeadLetterFile file = open(2 * size);
        file.record(Batches.of(2, "two"), 0, "r", "d");

        assertThatThrownBy(() -> file.record(Batches.of(3, "3"), 0, "r", "d"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining(2 * size + " bytes")
                .hasMessageContaining("max-bytes");
        assertThat(positions()).containsExactly("3:2", "3:3");
        assertThat(telemetry.part("sink", "k1").counter("deadlettered", "r").count())
                .isEqualTo(2);

        Files.move(file(), directory.resolve("old"));
        file.record(Batches.of(3, "3"), 0, "r", "d");
        assertThat(positions()).containsExactly("3:4");
    }

    @Test
    void shouldSayWhichFileItCannotWrite() throws IOException {
        Files.createDirectories(file());
        assertThatThrownBy(() -> open(1 << 20).record(Batches.of(1, "one"), 0, "r", "d"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file().toString());
    }

    private DeadLetterFile open(long maxBytes) {
        return DeadLetterFile.create(
                "k1",
                new DeadLetterSettings(directory.resolve("made/if/absent"), maxBytes),
                telemetry,
                InstantSource.fixed(NOW));
    }

    private Path file() {
        return directory.resolve("made/if/absent/k1.dead-letters.jsonl");
    }

    private List<String> positions() throws IOException {
        return Files.readAllLines(file()).stream()
                .map(DeadLetterFileTest::fields)
                .map(fields -> fields.get("position"))
                .toList();
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            String prefix = "";
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT && json.currentName() != null) {
                    prefix = json.currentName() + ".";
                } else if (token == JsonToken.END_OBJECT) {
                    prefix = "";
                } else if (token == JsonToken.VALUE_STRING) {
                    fields.put(prefix + json.currentName(), json.getText());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(line, e);
        }
        return fields;
    }
}
