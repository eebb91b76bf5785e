package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;
import org.millrace.event.HeaderNames;
import org.millrace.event.Position;
import org.millrace.event.SourceId;

class OpenFileTest {
    private static final SourceId SOURCE = new SourceId("s", 1);
    private static final byte[] ODD_BYTES = {'\n', '\n', '\r', 0, (byte) 0xff, (byte) 0xc3, 'a', 'b', ' ', '\t'};

    @TempDir
    Path home;

    private SpoolDirectorySettings settings;
    private Path path;

    @BeforeEach
    void setUp() {
        settings = TestSettings.of(home, "");
        path = home.resolve("file");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveEveryByteWhateverTheSizes(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            byte[] content = content(random);
            Files.write(path, content);
            int maxEvent = 1 + random.nextInt(random.nextBoolean() ? 8 : 80);
            settings = TestSettings.withSizes(
                    settings, maxEvent, 1 + random.nextInt(random.nextBoolean() ? 8 : 200), 1 + random.nextInt(6));

            List<Sent> expected = model(content, maxEvent);
            assertThat(readFrom(0, maxEvent)).isEqualTo(expected);
            assertThat(joined(expected, content)).isEqualTo(content);

            // Wherever the first reader ended, a second one goes on with the same events.
            int taken = expected.isEmpty() ? 0 : random.nextInt(expected.size());
            long offset = taken == 0 ? 0 : expected.get(taken - 1).position().offset();
            assertThat(readFrom(offset, maxEvent)).isEqualTo(expected.subList(taken, expected.size()));
        }
    }

    @Test
    void shouldShareOneSlabAmongTheBatchesThatFitIntoIt() throws IOException {
        Files.writeString(path, "0123456\n".repeat(1000));
        settings = TestSettings.withSizes(settings, 100, 4096, 100);

        List<EventBatch> batches = batchesFrom(0, 100);

        // 512 lines fit into a slab: five full batches and one of the rest; and again.
        assertThat(batches)
                .extracting(EventBatch::size)
                .containsExactly(100, 100, 100, 100, 100, 12, 100, 100, 100, 100, 88);
    }

    @Test
    void shouldReadALineLongerThanTheHeapInBoundedPieces() throws IOException {
        long size = (1L << 30) + 5;
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(size);
        }
        assertThat(size).isGreaterThan(Runtime.getRuntime().maxMemory());
        FileInHand file = inHand(1 << 20);
        long parts = 0;
        long bytes = 0;
        try (OpenFile open = OpenFile.open(file, 0, SOURCE, settings)) {
            while (!open.isAtEnd()) {
                Optional<EventBatch> batch = open.next();
                if (batch.isPresent()) {
                    assertThat(batch.get().bodyBytes()).isLessThanOrEqualTo(1 << 20);
                    assertThat(batch.get().header(0, HeaderNames.LINE_PARTS)).isEqualTo("1025");
                    parts += batch.get().size();
                    bytes += batch.get().bodyBytes();
                }
            }
        }
        assertThat(parts).isEqualTo(1025);
        assertThat(bytes).isEqualTo(size);
    }

    @Test
    void shouldGoOnFarBehindTwoGigabytes() throws IOException {
        long begin = (5L << 30) + 3;
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.seek(begin - 1);
            sparse.write("\nlast line\n".getBytes(StandardCharsets.US_ASCII));
        }

        List<Sent> sent = readFrom(begin, 1 << 20);

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).body()).isEqualTo("last line");
        assertThat(sent.get(0).position()).isEqualTo(new Position(7, begin + 10));
    }

    @Test
    void shouldNotEmitWhatWasReadFromAChangedFile() throws IOException {
        Files.writeString(path, "0123456\n".repeat(1000));
        settings = TestSettings.withSizes(settings, 100, 800, 100);
        try (OpenFile open = OpenFile.open(inHand(100), 0, SOURCE, settings)) {
            assertThat(open.next()).isPresent();
            Files.writeString(path, "more\n", StandardOpenOption.APPEND);
            assertThatThrownBy(open::next).isInstanceOf(FileChangedException.class);
            assertThat(open.offset()).isEqualTo(800);
        }
    }

    private List<Sent> readFrom(long offset, int maxEvent) throws IOException {
        return batchesFrom(offset, maxEvent).stream()
                .flatMap(batch -> Sent.of(batch).stream())
                .toList();
    }

    private List<EventBatch> batchesFrom(long offset, int maxEvent) throws IOException {
        List<EventBatch> batches = new ArrayList<>();
        try (OpenFile open = OpenFile.open(inHand(maxEvent), offset, SOURCE, settings)) {
            while (!open.isAtEnd()) {
                open.next().ifPresent(batches::add);
            }
        }
        return batches;
    }

    private FileInHand inHand(int maxEvent) throws IOException {
        return new FileInHand(7, path, FileStat.of(path).identity(), maxEvent);
    }

    private static byte[] content(Random random) {
        byte[] content = new byte[random.nextInt(600)];
        int newlines = random.nextInt(3);
        for (int i = 0; i < content.length; i++) {
            content[i] = ODD_BYTES[newlines + random.nextInt(ODD_BYTES.length - newlines)];
        }
        // A newline now and then, even where the choice above has none.
        for (int i = random.nextInt(300); i < content.length; i += 1 + random.nextInt(300)) {
            content[i] = '\n';
        }
        return content;
    }

    /** The events that the content must become, cut without any slab. */
    private static List<Sent> model(byte[] content, int maxEvent) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<Sent> events = new ArrayList<>();
        int begin = 0;
        while (begin < text.length()) {
            int newline = text.indexOf('\n', begin);
            int end = newline < 0 ? text.length() : newline;
            int next = newline < 0 ? end : end + 1;
            int parts = (end - begin + maxEvent - 1) / maxEvent;
            for (int part = 1; part <= Math.max(1, parts); part++) {
                int from = begin + (part - 1) * maxEvent;
                int to = Math.min(end, from + maxEvent);
                Map<String, String> headers = parts > 1
                        ? Map.of("basename", "file", "line-part", "" + part, "line-parts", "" + parts)
                        : Map.of("basename", "file");
                events.add(new Sent(new Position(7, to == end ? next : to), text.substring(from, to), headers));
            }
            begin = next;
        }
        return events;
    }

    /** Puts events together as a text store does: parts of a line again one line. */
    private static byte[] joined(List<Sent> events, byte[] content) {
        StringBuilder text = new StringBuilder();
        for (Sent event : events) {
            text.append(event.body());
            String part = event.headers().get(HeaderNames.LINE_PART);
            if (part == null || part.equals(event.headers().get(HeaderNames.LINE_PARTS))) {
                text.append('\n');
            }
        }
        boolean lastLineIsOpen = content.length > 0 && content[content.length - 1] != '\n';
        int length = lastLineIsOpen ? text.length() - 1 : text.length();
        return text.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
    }
}
