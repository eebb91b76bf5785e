package org.millrace.topology.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {
    @TempDir
    private Path directory;

    private FedLane one;
    private FedLane two;

    @BeforeEach
    void makeSpools() throws IOException {
        one = new FedLane("one", Files.createDirectories(directory.resolve("one")));
        two = new FedLane("two", Files.createDirectories(directory.resolve("two")));
    }

    private Feed feed() {
        return new Feed(List.of(one, two), 100, directory.resolve("feed"));
    }

    @Test
    void shouldNumberTheLinesOfALaneOverItsFiles() throws IOException {
        try (Feed feed = feed()) {
            Path first = feed.file(one, 2);
            Path written = feed.write(one, 1);
            assertThat(feed.isConsumed()).isFalse();
            assertThat(feed.fed("one")).isEqualTo(3);
            assertThat(feed.fed("two")).isZero();
            assertThat(Files.readAllLines(first))
                    .extracting(line -> line.substring(0, 14))
                    .containsExactly("one 0000000000", "one 0000000001");

            assertThat(one.spool()).isDirectoryNotContaining(file -> file.endsWith(written.getFileName()));
            Path second = feed.drop(written, one);
            assertThat(Files.readString(second)).startsWith("one 0000000002 ").hasSize(100);
            Files.delete(first);
            Files.delete(second);
            assertThat(feed.isConsumed()).isTrue();
        }
    }

    @Test
    void shouldFeedAllLanesInTurnUntilStopped() {
        try (Feed feed = feed()) {
            feed.start(2000, Duration.ofMillis(4));
            await().until(() -> feed.fed("one") >= 12 && feed.fed("two") >= 12);
            feed.stop();
            long fed = feed.fed("one");
            assertThat(feed.fed("two")).isBetween(fed - 4, fed);
            assertThat(one.spool())
                    .isDirectoryContaining(file -> file.toString().endsWith(".log"));
        }
    }

    @Test
    void shouldKeepTheRateWhereAFileWouldHaveAPartOfALine() {
        try (Feed feed = feed()) {
            // One and a half lines a file.
            feed.start(1000, Duration.ofMillis(3));
            await().until(() -> feed.fed("one") + feed.fed("two") >= 30);
            feed.stop();
            assertThat(feed.fed("one") + feed.fed("two")).isEqualTo(3 * (files(one) + files(two)) / 2);
        }
    }

    @Test
    void shouldTellOfEachFileThatItFeeds() {
        List<Long> firsts = new CopyOnWriteArrayList<>();
        try (Feed feed = feed()) {
            feed.start(2000, Duration.ofMillis(4), (lane, place, first) -> {
                if (lane.equals(one) && Files.exists(place)) {
                    firsts.add(first);
                }
            });
            await().until(() -> firsts.size() >= 3);
            feed.stop();
        }
        assertThat(firsts).startsWith(0L, 4L, 8L);
    }

    private static long files(FedLane lane) {
        try (var files = Files.list(lane.spool())) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
