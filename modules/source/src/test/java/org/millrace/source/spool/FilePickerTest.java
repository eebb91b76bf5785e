package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.telemetry.Telemetry;

class FilePickerTest {
    private static final SpoolLimits LIMITS = new SpoolLimits(10, 256, 1000, 10_000, 3);

    @TempDir
    Path home;

    private final Telemetry telemetry = Telemetry.inMemory();
    private Path spool;
    private Arrivals arrivals;
    private int wakes;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void setUp() throws IOException {
        spool = Files.createDirectory(home.resolve("spool"));
    }

    @Test
    void shouldKeepOnlyTheOldestOfManyAndComeBackForTheOthers() throws IOException {
        for (int i = 0; i < 25; i++) {
            file(String.format("%02d", 24 - i), "x", now.minusSeconds(1000 - i));
        }
        FilePicker picker = picker("");

        assertThat(names(pick(picker, 100, path -> false)).subList(0, 3)).containsExactly("24", "23", "22");
        // Files that are in hand by then do not count among the oldest.
        List<String> second =
                names(pick(picker, 100, path -> path.getFileName().toString().compareTo("15") >= 0));
        assertThat(second).hasSize(10).startsWith("14", "13").endsWith("05");
    }

    @Test
    void shouldPickNoMoreThanWantedAndEndAGroupAtManyBytes() throws IOException {
        file("a", "x".repeat(600), now.minusSeconds(9));
        file("b", "x".repeat(600), now.minusSeconds(8));
        file("c", "x", now.minusSeconds(7));
        FilePicker picker = picker("");

        assertThat(names(pick(picker, 1, path -> false))).containsExactly("a");
        assertThat(names(pick(picker, 5, path -> false))).containsExactly("b", "c");
        file("d", "x".repeat(1500), now.minusSeconds(6));
        assertThat(names(pick(picker(""), 5, path -> false))).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({
        // took, ms since it ended, ms until due
        "0,       0, 0",
        "10,      0, 200",
        "10,    199, 1",
        "10,    200, 0",
        "5000,  999, 1",
        "5000, 1000, 0",
        "5000,   -1, 0",
    })
    void shouldScanAgainOnlyAfterSomeTimesWhatTheLastScanTook(long took, long since, long untilDue) {
        Instant ended = now.plusMillis(took);
        assertThat(FilePicker.untilDue(now, ended, ended.plusMillis(since))).isEqualTo(Duration.ofMillis(untilDue));
    }

    @Test
    void shouldWaitForTheNextPollAndNoLonger() throws IOException {
        FilePicker picker = picker("poll-interval = 10 s, rest-time = 1 s");
        pick(picker, 5, path -> false);

        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(10));
        now = now.plusSeconds(9);
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(1));
        now = now.plusSeconds(5);
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(1));
        now = now.minusSeconds(3600);
        assertThat(picker.untilNext()).as("the clock was set back").isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void shouldWaitForTheFirstFileToComeToRest() throws IOException {
        FilePicker picker = picker("poll-interval = 10 s, rest-time = 4 s");
        file("older", "x", now.minusSeconds(3));
        file("newer", "x", now.minusSeconds(1));
        file("from the future", "x", now.plusSeconds(3600));

        assertThat(pick(picker, 5, path -> false)).isEmpty();
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(1));
        now = now.plusSeconds(1);
        assertThat(names(pick(picker, 5, path -> false))).containsExactly("older");
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(2));
        now = now.plusSeconds(2);
        assertThat(names(pick(picker, 5, path -> path.endsWith("older")))).containsExactly("newer");
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldNotWaitWhenThereIsNewsThatIsToBeLookedAt() throws IOException {
        FilePicker picker = picker("poll-interval = 10 s");
        pick(picker, 5, path -> false);
        for (String left : List.of(".hidden", "a.COMPLETED", "a.FAILED")) {
            arrivals.arrived(spool, Optional.of(Path.of(left)));
        }
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(10));
        assertThat(wakes).isZero();

        arrivals.arrived(spool, Optional.of(Path.of("a")));
        arrivals.arrived(spool, Optional.of(Path.of("b")));
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(1));
        assertThat(wakes).as("until the next scan").isEqualTo(1);

        pick(picker, 5, path -> false);
        assertThat(picker.untilNext()).isEqualTo(Duration.ofSeconds(10));
        arrivals.arrived(spool, Optional.empty());
        assertThat(picker.untilNext()).as("too much to tell").isEqualTo(Duration.ofMillis(1));
        assertThat(wakes).isEqualTo(2);
    }

    @Test
    void shouldWaitUntilAFileIsAtRest() throws IOException {
        FilePicker picker = picker("rest-time = 500 ms");
        file("a", "x", now);

        now = now.plusMillis(499);
        assertThat(pick(picker, 5, path -> false)).isEmpty();
        now = now.plusMillis(1);
        assertThat(names(pick(picker, 5, path -> false))).containsExactly("a");
    }

    @Test
    void shouldTakeAFileForEmptyOnlyWhenNobodySeemsToWriteIt() throws IOException {
        FilePicker picker = picker("rest-time = 0, poll-interval = 10 s");
        file("a", "", now);

        assertThat(pick(picker, 5, path -> false)).isEmpty();
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(500));
        now = now.plusMillis(500);
        assertThat(names(pick(picker, 5, path -> false))).containsExactly("a");
    }

    @Test
    void shouldTakeAFileFromTheFutureWhenItStaysTheSame() throws IOException {
        FilePicker picker = picker("rest-time = 500 ms");
        file("a", "x", now.plusSeconds(3600));

        assertThat(pick(picker, 5, path -> false)).isEmpty();
        now = now.plusMillis(300);
        assertThat(pick(picker, 5, path -> false)).isEmpty();
        file("a", "xy", now.plusSeconds(3600));
        now = now.plusMillis(300);
        assertThat(pick(picker, 5, path -> false)).isEmpty();
        now = now.plusMillis(500);
        assertThat(names(pick(picker, 5, path -> false))).containsExactly("a");
    }

    @Test
    void shouldLeaveAFileThatMovedSinceTheScanToTheNextOne() throws IOException {
        file("a", "x", now.minusSeconds(9));
        file("b", "x", now.minusSeconds(8));
        file("c", "x", now.minusSeconds(7));
        FilePicker picker = picker("poll-interval = 10 s");
        assertThat(names(pick(picker, 1, path -> false))).containsExactly("a");

        Files.delete(spool.resolve("b"));
        file("c", "longer", now.minusSeconds(6));

        assertThat(pick(picker, 5, path -> false)).isEmpty();
        assertThat(picker.untilNext()).isEqualTo(Duration.ofMillis(20));
        assertThat(names(pick(picker, 5, path -> path.endsWith("a")))).containsExactly("c");
    }

    @Test
    void shouldLeaveNamesAloneWithoutLookingAtThem() throws IOException {
        for (String name : List.of(".hidden", "a.COMPLETED", "a.1.COMPLETED", "a.FAILED", "debug.log", "a.txt")) {
            // A link to nowhere: to look at it would count it as unreadable.
            Files.createSymbolicLink(spool.resolve(name), home.resolve("nowhere"));
        }
        file("a.log", "x", now.minusSeconds(9));
        FilePicker picker = picker("include-pattern = \".*[.]log\", ignore-pattern = \"debug.*\"");

        assertThat(names(pick(picker, 5, path -> false))).containsExactly("a.log");
        assertThat(unreadable()).isZero();
    }

    @Test
    void shouldLeaveAFileAsideAtWhoseNameThePatternBacktracksForEver() throws IOException {
        // Java sees through what has no back reference.
        String evil = "(a+)+b(\\\\1)?";
        file("a".repeat(200), "x", now.minusSeconds(9));
        file("aaab", "x", now.minusSeconds(8));
        file("c", "x", now.minusSeconds(7));

        FilePicker including = picker("include-pattern = \"" + evil + "\"");
        assertThat(names(pick(including, 5, path -> false))).containsExactly("aaab");
        assertThat(unreadable()).isEqualTo(1);
        assertThat(names(pick(including, 5, path -> false))).containsExactly("aaab");
        assertThat(unreadable()).as("said once").isEqualTo(1);
        assertThat(names(pick(picker("ignore-pattern = \"" + evil + "\""), 5, path -> false)))
                .containsExactly("c");
    }

    @Test
    void shouldLookIntoSubdirectoriesOnlyIfAsked() throws IOException {
        Files.createDirectories(spool.resolve("one/two"));
        Files.createDirectories(spool.resolve(".hidden"));
        file("a", "x", now.minusSeconds(9));
        file("one/b", "x", now.minusSeconds(8));
        file("one/two/c", "x", now.minusSeconds(7));
        file(".hidden/d", "x", now.minusSeconds(7));
        Files.createSymbolicLink(spool.resolve("one/loop"), spool);

        assertThat(names(pick(picker(""), 9, path -> false))).containsExactly("a");
        assertThat(names(pick(picker("recursive = true"), 9, path -> false))).containsExactly("a", "b", "c");
        assertThat(unreadable()).isZero();
    }

    @Test
    void shouldTryAnUnreadableFileAgainWhenItChanged() throws IOException {
        Path target = home.resolve("target");
        Files.createSymbolicLink(spool.resolve("link"), target);
        file("a", "x", now.minusSeconds(9));
        FilePicker picker = picker("");

        assertThat(names(pick(picker, 9, path -> false))).containsExactly("a");
        assertThat(names(pick(picker, 9, path -> false))).containsExactly("a");
        assertThat(unreadable()).isEqualTo(1);

        Files.writeString(target, "x");
        Files.setLastModifiedTime(target, FileTime.from(now.minusSeconds(10)));
        assertThat(names(pick(picker, 9, path -> false))).containsExactly("link", "a");
    }

    @Test
    void shouldNotTakeASpecialFileForAnEmptyOne() throws IOException {
        // Its size is 0, and reading its first byte is an I/O error even for root.
        Files.createSymbolicLink(spool.resolve("mem"), Path.of("/proc/self/mem"));
        now = Instant.now().plusSeconds(60);
        FilePicker picker = picker("");

        assertThat(pick(picker, 9, path -> false)).isEmpty();
        assertThat(unreadable()).isEqualTo(1);
    }

    @Test
    void shouldNotOpenAPipe() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", spool.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        now = Instant.now().plusSeconds(60);

        assertThat(pick(picker(""), 9, path -> false)).isEmpty();
        assertThat(unreadable()).isEqualTo(1);
    }

    @Test
    void shouldRememberABoundedNumberOfUnreadableFilesAndForgetThoseGone() throws IOException {
        List<Path> links = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            links.add(Files.createSymbolicLink(spool.resolve("link" + i), home.resolve("nowhere" + i)));
        }
        FilePicker picker = picker("");
        try (LogLines log = LogLines.capture()) {
            pick(picker, 9, path -> false);
            pick(picker, 9, path -> false);
            assertThat(unreadable()).isEqualTo(LIMITS.unreadable());
            assertThat(log.errors()).hasSize(LIMITS.unreadable() + 1);
            assertThat(log.errors().get(3)).contains("more than 3 files cannot be read");

            for (Path link : links) {
                Files.delete(link);
            }
            pick(picker, 9, path -> false);
            Files.createSymbolicLink(spool.resolve("other"), home.resolve("nowhere"));
            pick(picker, 9, path -> false);
            assertThat(log.errors().get(4)).contains("other cannot be read");
        }
    }

    /** What a second scan finds in order, where the first one could not tell what came meanwhile. */
    private static List<FoundFile> pick(FilePicker picker, int most, Predicate<Path> inHand) throws IOException {
        picker.pick(0, inHand);
        return picker.pick(most, inHand);
    }

    private FilePicker picker(String keys) {
        SpoolDirectorySettings settings = TestSettings.of(home, keys);
        Troubles troubles = new Troubles("s");
        SpoolMeters meters = new SpoolMeters(telemetry.part("source", "s"), troubles, () -> now);
        NameFilter names = NameFilter.of(settings);
        arrivals = new Arrivals(settings, names, Optional.empty(), () -> now, () -> wakes++);
        return new FilePicker(settings, LIMITS, () -> now, meters, names, arrivals);
    }

    private void file(String name, String content, Instant modified) throws IOException {
        Path file = Files.writeString(spool.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    private double unreadable() {
        return telemetry.part("source", "s").counter("files.unreadable").count();
    }

    private static List<String> names(List<FoundFile> files) {
        return files.stream().map(file -> file.path().getFileName().toString()).toList();
    }
}
