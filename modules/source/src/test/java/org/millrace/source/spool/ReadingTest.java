package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

class ReadingTest extends SpoolFixture {
    @Test
    void shouldSendLinesOfTheOldestFileFirst() {
        drop("b", "b1\n\nb3", 2);
        drop("c", "c1\n", 1);
        drop("a", "a1\r\na2\n", 2);
        drop("empty", "", 3);
        RunningSource source = start("");

        List<Sent> sent = source.takeAndCommit(6);

        assertThat(Sent.bodies(sent)).containsExactly("c1", "a1\r", "a2", "b1", "", "b3");
        assertThat(sent)
                .extracting(Sent::position)
                .containsExactly(at(1, 3), at(2, 4), at(2, 7), at(3, 3), at(3, 4), at(3, 6));
        assertThat(sent.get(0).headers()).isEqualTo(Map.of("basename", "c"));
        awaitNames("a.COMPLETED", "b.COMPLETED", "c.COMPLETED", "empty.COMPLETED");
        source.awaitCount("files.completed", 4);
        assertThat(source.count("files.opened")).isEqualTo(3);
        assertThat(source.count("events")).isEqualTo(6);
        assertThat(source.count("bytes")).isEqualTo(16);
        source.awaitGauge("files.in.hand", 0);
    }

    @Test
    void shouldNotMixFilesInABatch() {
        drop("a", "1\n2\n", 1);
        drop("b", "3\n", 2);
        RunningSource source = start("batch-events = 1000");

        assertThat(source.take().size()).isEqualTo(2);
        assertThat(source.take().size()).isEqualTo(1);
    }

    @Test
    void shouldPickUpFilesThatComeLater() {
        RunningSource source = start("");
        source.awaitGauge("directory.ok", 1);
        drop("a", "1\n");
        assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("1");
        awaitNames("a.COMPLETED");
        drop("a", "2\n");
        assertThat(source.takeAndCommit(1)).extracting(Sent::position).containsExactly(at(2, 2));
        awaitNames("a.1.COMPLETED", "a.COMPLETED");
    }

    @Test
    void shouldNameHeadersAsTold() throws IOException {
        Path path = spool.resolve("a.log");
        drop(path, "x\n", Instant.EPOCH);
        RunningSource source = start("file-header = true, file-header-key = path, basename-header-key = name");

        assertThat(source.takeAndCommit(1).get(0).headers())
                .isEqualTo(Map.of("path", path.toString(), "name", "a.log"));
    }

    @Test
    void shouldGiveHeadersOfOddNames() throws IOException {
        Path path = PathText.decode(OddNames.encoded(spool));
        drop(path, "x\n", Instant.EPOCH);
        RunningSource source = start("file-header = true");

        Sent sent = source.takeAndCommit(1).get(0);

        String name = "a b%\n\t\uFFFD\uFFFDé?#+\"";
        assertThat(sent.headers()).isEqualTo(Map.of("basename", name, "file", spool + "/" + name));
        source.awaitCount("files.completed", 1);
        assertThat(Files.exists(PathText.append(path, ".COMPLETED"))).isTrue();
    }

    @Test
    void shouldCutALongLineIntoNumberedParts() {
        drop("a", "short\n" + "x".repeat(64) + "y".repeat(64) + "z\nend");
        RunningSource source = start("max-event = 64, basename-header = false");

        List<Sent> sent = source.takeEvents(5);

        assertThat(Sent.bodies(sent)).containsExactly("short", "x".repeat(64), "y".repeat(64), "z", "end");
        assertThat(sent)
                .extracting(Sent::headers)
                .containsExactly(Map.of(), part(1, 3), part(2, 3), part(3, 3), Map.of());
        assertThat(sent.get(3).position()).isEqualTo(at(1, 6 + 130));
    }

    @Test
    void shouldKeepFewFilesInHandAmongManySmallOnes() throws IOException {
        int files = 3000;
        for (int i = 0; i < files; i++) {
            Path file = Files.writeString(spool.resolve("f" + i), i + "\n");
            Files.setLastModifiedTime(file, FileTime.fromMillis(i));
        }
        int mostInHand = 100;
        RunningSource source = start(TestSettings.of(home, ""), new SpoolLimits(500, 64, 16 << 20, mostInHand, 1000));
        List<String> bodies = new ArrayList<>();
        double inHand = 0;
        long open = 0;
        for (int i = 0; i < files; i++) {
            EventBatch batch = source.take();
            bodies.addAll(Sent.bodies(Sent.of(batch)));
            source.commit(batch.last());
            if (i % 50 == 0) {
                inHand = Math.max(inHand, source.gauge("files.in.hand"));
                open = Math.max(open, openFilesInSpool());
            }
        }

        source.awaitCount("files.completed", files);
        List<String> expected =
                Stream.iterate(0, i -> i + 1).limit(files).map(String::valueOf).toList();
        assertThat(bodies).isEqualTo(expected);
        assertThat(inHand).isBetween(1.0, (double) mostInHand);
        assertThat(open).isLessThanOrEqualTo(2);
        assertThat(names()).hasSize(files).allMatch(name -> name.endsWith(".COMPLETED"));
    }

    @Test
    void shouldPauseWhenTooManyFilesWaitForTheirCommits() {
        for (int i = 1; i <= 5; i++) {
            drop("f" + i, i + "\n", i);
        }
        RunningSource source = start(TestSettings.of(home, ""), new SpoolLimits(100, 10, 16 << 20, 2, 10));

        List<Sent> first = source.takeEvents(2);
        source.awaitGauge("files.in.hand", 2);
        assertThat(source.hasMore()).isFalse();
        source.commit(first.get(0).position());

        assertThat(Sent.bodies(source.takeEvents(1))).containsExactly("3");
        assertThat(source.hasMore()).isFalse();
        awaitNames("f1.COMPLETED", "f2", "f3", "f4", "f5");
    }

    @Test
    void shouldReadOnlyAsMuchAsIsAskedFor() {
        drop("a", lines(1000));
        RunningSource source = start("batch-bytes = 1024");

        source.take();

        // The stages in between hold a few batches of ten lines; the rest waits on disk.
        Awaitility.await().until(() -> source.count("events") >= 20);
        assertThat(source.count("events")).isLessThan(300);
    }

    @Test
    void shouldTouchFilesOnItsOwnDispatcherOnly() throws IOException {
        Path link = spool.resolve("link");
        drop("a", "a\n");
        try (LogLines log = LogLines.capture()) {
            // What it logs about a file tells where it looked at it.
            Files.createSymbolicLink(link, home.resolve("nowhere"));
            RunningSource source = start("");
            source.takeAndCommit(1);
            assertThat(log.threads())
                    .isNotEmpty()
                    .allMatch(name -> name.contains("millrace.source.blocking-dispatcher"));
            assertThat(source.downstreamThread()).contains("spool-pekko.actor.default-dispatcher");
        }
    }

    @Test
    void shouldDeleteCompletedFilesIfAsked() {
        drop("a", "1\n");
        drop("empty", "");
        RunningSource source = start("on-completion = delete");
        source.takeAndCommit(1);
        awaitNames();
    }

    @Test
    void shouldNumberCompletedNamesThatExist() {
        drop("a.COMPLETED", "old\n");
        drop("a.1.COMPLETED", "old\n");
        drop("a", "1\n");
        RunningSource source = start("");
        source.takeAndCommit(1);
        awaitNames("a.1.COMPLETED", "a.2.COMPLETED", "a.COMPLETED");
        assertThat(spool.resolve("a.2.COMPLETED")).hasContent("1\n");
    }

    @Test
    void shouldCloseItsFilesWhenItEnds() throws IOException {
        drop("a", lines(1000));
        RunningSource source = start("batch-bytes = 1024");
        source.take();
        assertThat(openFilesInSpool()).isEqualTo(1);
        source.close();
        assertThat(openFilesInSpool()).isZero();
    }

    private long openFilesInSpool() throws IOException {
        Set<Path> open = new HashSet<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : handles.toList()) {
                try {
                    open.add(Files.readSymbolicLink(handle));
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(NoSuchFileException.class);
                }
            }
        }
        return open.stream().filter(file -> file.startsWith(spool)).count();
    }

    private static Position at(long ordinal, long offset) {
        return new Position(ordinal, offset);
    }

    private static Map<String, String> part(int part, int parts) {
        return Map.of("line-part", "" + part, "line-parts", "" + parts);
    }
}
