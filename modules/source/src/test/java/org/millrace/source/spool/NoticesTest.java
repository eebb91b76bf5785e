package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The system tells of new files, so sources that look for them once an hour get them at once. */
class NoticesTest extends SpoolFixture {
    private static final String ONCE_AN_HOUR = "poll-interval = 1 h\n";

    private final BlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();

    @Test
    void shouldTakeFilesThatComeWhileThereAreNone() {
        RunningSource source = start(ONCE_AN_HOUR);
        for (String name : List.of("a", "b", "c")) {
            assertThat(source.hasMore()).isFalse();
            drop(name, name + "\n");
            source.takeAndCommitUpTo(name);
            awaitNames(completedUpTo(name));
        }
    }

    /** A source that has looked for more files after the first, "first", and found none. */
    private RunningSource startIdle(String keys) {
        drop("first", "first\n");
        RunningSource source = start(keys);
        source.takeAndCommitUpTo("first");
        // By then it has looked again.
        awaitNames("first.COMPLETED");
        return source;
    }

    private static String[] completedUpTo(String last) {
        return "abc"
                .substring(0, "abc".indexOf(last) + 1)
                .chars()
                .mapToObj(name -> (char) name + ".COMPLETED")
                .toArray(String[]::new);
    }

    @Test
    void shouldTakeAFileThatGetsItsNameInTheDirectory() throws IOException {
        RunningSource source = startIdle(ONCE_AN_HOUR);
        Path hidden = drop(".a", "a\n");
        Files.move(hidden, spool.resolve("a"));

        source.takeAndCommitUpTo("a");
    }

    @Test
    void shouldTakeAFileOnceItIsAtRest() {
        RunningSource source = startIdle(ONCE_AN_HOUR + "rest-time = 300 ms");
        drop(spool.resolve("a"), "a\n", Instant.now());

        source.takeAndCommitUpTo("a");
    }

    @Test
    void shouldTakeFilesInDirectoriesThatCome() throws IOException {
        RunningSource source = startIdle(ONCE_AN_HOUR + "recursive = true");
        Path coming = Files.createDirectories(home.resolve("coming/deep"));
        drop(coming.resolve("a"), "a\n", Instant.now().minusSeconds(60));
        Files.move(coming.getParent(), spool.resolve("come"));
        source.takeAndCommitUpTo("a");

        assertThat(source.hasMore()).isFalse();
        drop(spool.resolve("come/deep/b"), "b\n", Instant.now().minusSeconds(60));
        source.takeAndCommitUpTo("b");
    }

    @Test
    void shouldNotTakeAFileForAnEmptyOneThatIsAboutToBeWritten() throws IOException {
        RunningSource source = startIdle(ONCE_AN_HOUR + "rest-time = 0");
        Path written = Files.createFile(spool.resolve("written"));
        drop("a", "a\n");
        source.takeAndCommitUpTo("a");
        awaitNames("a.COMPLETED", "first.COMPLETED", "written");
        Files.writeString(written, "w\n");

        source.takeAndCommitUpTo("w");
    }

    @Test
    void shouldHearOfADirectoryThatTookAnothersPlace() throws Exception {
        try (DirectoryNotices notices = new DirectoryNotices();
                Arrivals arrivals = arrivals(notices, "")) {
            scan(arrivals, spool);
            // Its inode may get the same number.
            Files.delete(spool);
            assertThat(next(wakes)).isNotNull();
            Files.createDirectory(spool);
            scan(arrivals, spool);
            drop("a", "a\n");
            assertThat(next(wakes)).isNotNull();

            Files.move(spool, home.resolve("moved away"));
            Files.createDirectory(spool);
            scan(arrivals, spool);
            drop("a", "a\n");
            assertThat(next(wakes)).isNotNull();
        }
    }

    @Test
    void shouldHearOfDirectoriesThatChangeTheirNames() throws Exception {
        Path one = Files.createDirectory(spool.resolve("one"));
        Path two = Files.createDirectory(spool.resolve("two"));
        Path other = spool.resolve("other");
        try (DirectoryNotices notices = new DirectoryNotices();
                Arrivals arrivals = arrivals(notices, "")) {
            scan(arrivals, one, two);
            Files.move(one, other);
            scan(arrivals, other, two);
            drop(other.resolve("a"), "a\n", Instant.now());
            assertThat(next(wakes)).isNotNull();

            Files.move(two, one);
            Files.move(other, two);
            scan(arrivals, one, two);
            drop(one.resolve("b"), "b\n", Instant.now());
            assertThat(next(wakes)).isNotNull();
            scan(arrivals, one, two);
            drop(two.resolve("c"), "c\n", Instant.now());
            assertThat(next(wakes)).isNotNull();
        }
    }

    private Arrivals arrivals(DirectoryNotices notices, String keys) {
        SpoolDirectorySettings settings = TestSettings.of(home, keys);
        return new Arrivals(
                settings, NameFilter.of(settings), Optional.of(notices), InstantSource.system(), () -> wakes.add(true));
    }

    private static void scan(Arrivals arrivals, Path... directories) {
        arrivals.scanBegins();
        for (Path directory : directories) {
            arrivals.visit(directory);
        }
        arrivals.scanEnds();
    }

    @Test
    void shouldHearOnlyOfNamesThatMayBePickedUp() throws Exception {
        try (DirectoryNotices notices = new DirectoryNotices();
                Arrivals arrivals = arrivals(notices, "include-pattern = \".*[.]log\"")) {
            scan(arrivals, spool);
            BlockingQueue<Optional<Path>> all = new LinkedBlockingQueue<>();
            Closeable stays = notices.listen(spool, all::add);
            assertThat(stays).isNotNull();
            for (String name : List.of(".hidden.log", "a.part", "a.log.COMPLETED")) {
                drop(name, "\n");
                // Who listened first is told first.
                assertThat(next(all)).contains(Path.of(name));
                assertThat(arrivals.isNews()).as(name).isFalse();
            }
            drop("a.log", "\n");
            assertThat(next(wakes)).isNotNull();
            assertThat(wakes).isEmpty();
            assertThat(arrivals.scanBegins()).contains(spool.resolve("a.log"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, false",
        "xfs, false",
        "overlay, false",
        "tmpfs, false",
        "nfs4, true",
        "cifs, true",
        "fuse.sshfs, true"
    })
    void shouldNotAskForNoticesOfWhatMayBeAnotherMachines(String type, boolean remote) {
        assertThat(Arrivals.isRemote(type)).isEqualTo(remote);
    }

    @Test
    void shouldTellAllWhoListen() throws Exception {
        BlockingQueue<Optional<Path>> first = new LinkedBlockingQueue<>();
        BlockingQueue<Optional<Path>> second = new LinkedBlockingQueue<>();
        try (DirectoryNotices notices = new DirectoryNotices();
                Closeable stays = notices.listen(spool, second::add)) {
            assertThat(stays).isNotNull();
            Closeable ends = notices.listen(spool, first::add);
            drop("a", "a\n");
            assertThat(next(first)).contains(Path.of("a"));
            assertThat(next(second)).contains(Path.of("a"));

            ends.close();
            drop("b", "b\n");
            assertThat(next(second)).contains(Path.of("b"));
            assertThat(first).isEmpty();

            Files.delete(spool.resolve("a"));
            Files.delete(spool.resolve("b"));
            Files.delete(spool);
            assertThat(next(second)).as("the directory has gone").isEmpty();
        }
    }

    @Test
    void shouldTellWhoAsksForNoticesOfWhatIsNotThere() throws IOException {
        try (DirectoryNotices notices = new DirectoryNotices()) {
            Assertions.assertThatThrownBy(() -> notices.listen(home.resolve("nowhere"), name -> {}))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    private static <T> T next(BlockingQueue<T> told) throws InterruptedException {
        T next = told.poll(RunningSource.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }
}
