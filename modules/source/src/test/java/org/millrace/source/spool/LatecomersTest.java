package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.telemetry.Telemetry;

/** In which order files are picked up that come while the directory is scanned. */
class LatecomersTest {
    /** So many files of such names that a directory is not read at once. */
    private static final String NAME = "a-name-that-takes-room-%04d";

    private static final int EARLY = 1200;
    private static final int ALL = 2000;
    private static final Instant MODIFIED = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path home;

    private Path spool;
    private Arrivals arrivals;
    private Instant now = MODIFIED.plusSeconds(60);

    @BeforeEach
    void makeSpool() throws IOException {
        spool = Files.createDirectory(home.resolve("spool"));
    }

    @ParameterizedTest
    @CsvSource({
        // Z is from the future, what is behind a bar was not at rest.
        // seen by the last scan, by this one, noticed, taken
        "abc,  abc,  '',  abc",
        "ab,   abc,  '',  ab",
        "b,    ac,   '',  a",
        "a,    bc,   '',  ''",
        "'',   abc,  '',  ''",
        "'',   abc,  b,   ab",
        "a,    abc,  b,   ab",
        "b,    abc,  a,   ab",
        "'',   ab,   c,   ''",
        "a|c,  ab|c, '',  ab",
        "a|c,  abc,  '',  abc",
        "a|c,  ab,   '',  a",
        "|c,   ab|d, '',  ''",
        "Z,    abZ,  '',  Z",
        "aZ,   abZ,  '',  aZ",
    })
    void shouldTakeWhatIsNoYoungerThanWhatSurelyWasThere(String last, String seen, String noticed, String taken) {
        Latecomers latecomers = new Latecomers();

        scan(latecomers, last, "");
        assertThat(scan(latecomers, seen, noticed)).isEqualTo(taken);
    }

    @Test
    void shouldNotCountAScanThatDidNotEnd() {
        Latecomers latecomers = new Latecomers();
        scan(latecomers, "a", "");
        latecomers.scanBegins(time('m'));
        latecomers.saw(candidates("c").get(0), true);

        assertThat(scan(latecomers, "abc", "")).isEqualTo("a");
    }

    private static String scan(Latecomers latecomers, String seen, String noticed) {
        List<Candidate> atRest = candidates(seen.split("\\|", -1)[0]);
        latecomers.scanBegins(time('m'));
        candidates(seen.replace("|", "")).forEach(file -> latecomers.saw(file, atRest.contains(file)));
        return latecomers
                .leaveOut(
                        atRest,
                        candidates(noticed).stream().map(Candidate::path).findAny())
                .stream()
                .map(file -> file.path().toString())
                .collect(Collectors.joining());
    }

    private static List<Candidate> candidates(String names) {
        return names.chars()
                .mapToObj(name -> new Candidate(Path.of(Character.toString(name)), 1, time(name)))
                .toList();
    }

    private static Instant time(int name) {
        return MODIFIED.plusSeconds(Character.toLowerCase(name));
    }

    @Test
    void shouldTakeAtTheSecondScanWhatTheFirstFound() throws IOException {
        file(spool, "a", 1);
        FilePicker picker = picker("rest-time = 0");

        assertThat(picker.pick(9, path -> false)).isEmpty();
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(1));
        file(spool, "b", 2);
        assertThat(names(picker.pick(9, path -> false))).containsExactly("a");
        assertThat(names(picker.pick(9, path -> path.endsWith("a")))).containsExactly("b");
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void shouldTakeAtOnceWhatItSawBeforeItWasAtRest() throws IOException {
        file(spool, "a", 1);
        file(spool, "b", 2);
        FilePicker picker = picker("rest-time = 5 s");
        now = MODIFIED.plusSeconds(5);

        assertThat(picker.pick(9, path -> false)).isEmpty();
        now = MODIFIED.plusSeconds(7);
        assertThat(names(picker.pick(9, path -> false))).containsExactly("a", "b");
    }

    /** As a copy that gets its time at its end, or a log that is still written. */
    @Test
    void shouldTrustNoTimeThatWasNotTheLast() throws IOException {
        file(spool, "growing", 58);
        FilePicker picker = picker("rest-time = 5 s");
        assertThat(picker.pick(9, path -> false)).isEmpty();

        file(spool, "growing", 59);
        file(spool, "a", 1);
        file(spool, "b", 2);
        assertThat(picker.pick(9, path -> path.endsWith("a"))).isEmpty();
        file(spool, "growing", 60);
        assertThat(names(picker.pick(9, path -> false))).containsExactly("a", "b");
    }

    @Test
    void shouldLookAgainAtOnceWhereAllWasLeft() throws IOException {
        file(spool, "a", 1);
        file(spool, "b", 1);
        FilePicker picker = picker("rest-time = 0");
        Predicate<Path> slow = path -> {
            now = now.plusMillis(5);
            return false;
        };

        assertThat(picker.pick(9, slow)).isEmpty();
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(1));
        file(spool, "c", 2);
        assertThat(names(picker.pick(9, slow))).containsExactly("a", "b");
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void shouldMatchNoMoreNamesOnceOneTookTooLong() throws IOException {
        picker("ignore-pattern = \"(a+)+b(\\\\1)?\"");
        arrivals.arrived(spool, Optional.of(Path.of("c")));
        arrivals.arrived(spool, Optional.of(Path.of("a".repeat(200))));
        arrivals.arrived(spool, Optional.of(Path.of("d")));

        assertThat(arrivals.isNews()).isTrue();
        assertThat(arrivals.scanBegins()).isEmpty();
        assertThat(arrivals.isNews()).isFalse();
    }

    @Test
    void shouldTakeAtOnceWhatWasNoticedBefore() throws IOException {
        file(spool, "a", 1);
        file(spool, "b", 2);
        file(spool, "c", 3);
        FilePicker picker = picker("rest-time = 0");
        for (String name : List.of("a", "b", "c.COMPLETED")) {
            arrivals.arrived(spool, Optional.of(Path.of(name)));
        }
        arrivals.arrived(home, Optional.of(Path.of("c")));
        arrivals.arrived(spool, Optional.of(Path.of("b")));

        assertThat(names(picker.pick(9, path -> false))).containsExactly("a", "b");
        assertThat(names(picker.pick(9, path -> !path.endsWith("c")))).containsExactly("c");
    }

    @Test
    void shouldNotWaitForTheTimeOfAFileFromTheFuture() throws IOException {
        file(spool, "a", 1000);
        FilePicker picker = picker("rest-time = 5 s");

        assertThat(picker.pick(9, path -> false)).isEmpty();
        now = now.plusSeconds(5);
        file(spool, "b", 2);
        assertThat(names(picker.pick(9, path -> false))).containsExactly("a");
        assertThat(names(picker.pick(9, path -> path.endsWith("a")))).containsExactly("b");
    }

    @Test
    void shouldGoOnWithTheOldestOfMoreThanItCanKeep() throws IOException {
        for (int i = 0; i < 6; i++) {
            file(spool, "file" + i, i);
        }
        FilePicker picker = picker("rest-time = 0", new SpoolLimits(2, 256, 1000, 10_000, 3));
        List<String> picked = new ArrayList<>();
        Set<Path> inHand = new HashSet<>();

        for (int scan = 0; scan < 4; scan++) {
            List<FoundFile> found = picker.pick(9, inHand::contains);
            found.forEach(file -> inHand.add(file.path()));
            picked.addAll(names(found));
        }
        assertThat(picked).as("by all scans but the first").hasSize(6).isSorted();
    }

    @Test
    void shouldPickUpInOrderWhatComesDuringAScan() throws IOException {
        Path workshop = Files.createDirectory(home.resolve("workshop"));
        files(spool, 0, EARLY);
        files(workshop, EARLY, ALL);
        now = MODIFIED.plusSeconds(ALL);
        FilePicker picker = picker("rest-time = 0");
        picker.pick(0, path -> false);
        Set<Path> seen = new HashSet<>();
        List<FoundFile> picked = new ArrayList<>(picker.pick(ALL, path -> {
            moveAll(workshop);
            seen.add(path);
            return false;
        }));
        assumeThat(seen)
                .as("a file system that lists files in the order of their coming has nothing to get wrong")
                .hasSizeBetween(EARLY + 1, ALL - 1);
        assertThat(names(picked)).hasSize(EARLY).isSorted();

        Set<Path> inHand = picked.stream().map(FoundFile::path).collect(Collectors.toSet());
        picked.addAll(picker.pick(ALL, inHand::contains));
        assertThat(names(picked)).hasSize(ALL).isSorted();
    }

    private static void files(Path directory, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            file(directory, String.format(NAME, i), i);
        }
    }

    /** Does nothing the second time. */
    private void moveAll(Path workshop) {
        try {
            if (Files.exists(workshop)) {
                for (int i = EARLY; i < ALL; i++) {
                    String name = String.format(NAME, i);
                    Files.move(workshop.resolve(name), spool.resolve(name));
                }
                Files.delete(workshop);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FilePicker picker(String keys) {
        return picker(keys, SpoolLimits.DEFAULT);
    }

    private FilePicker picker(String keys, SpoolLimits limits) {
        SpoolDirectorySettings settings = TestSettings.of(home, keys + ", poll-interval = 10 s");
        SpoolMeters meters = new SpoolMeters(Telemetry.inMemory().part("source", "s"), new Troubles("s"), () -> now);
        NameFilter names = NameFilter.of(settings);
        arrivals = new Arrivals(settings, names, Optional.empty(), () -> now, () -> {});
        return new FilePicker(settings, limits, () -> now, meters, names, arrivals);
    }

    private static void file(Path directory, String name, int order) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "x");
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED.plusSeconds(order)));
    }

    private static List<String> names(List<FoundFile> files) {
        return files.stream().map(file -> file.path().getFileName().toString()).toList();
    }
}
