package org.millrace.source.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A spool directory and a state directory on disk, and sources that run on them. */
abstract class SpoolFixture {
    private static ActorSystem<Void> system;

    @TempDir
    Path home;

    Path spool;
    private final List<RunningSource> started = new ArrayList<>();

    @BeforeAll
    static void startSystem() {
        system = ActorSystem.create(Behaviors.empty(), "spool");
    }

    @AfterAll
    static void stopSystem() {
        system.terminate();
        Awaitility.await().until(() -> system.whenTerminated().isCompleted());
    }

    @BeforeEach
    void makeSpool() throws IOException {
        spool = Files.createDirectory(home.resolve("spool"));
    }

    @AfterEach
    void stopSources() {
        started.forEach(RunningSource::close);
    }

    RunningSource start(String keys) {
        return start(TestSettings.of(home, keys), SpoolLimits.DEFAULT);
    }

    RunningSource start(SpoolDirectorySettings settings, SpoolLimits limits) {
        RunningSource source = RunningSource.start(system, settings, limits);
        started.add(source);
        return source;
    }

    /** A source that ends by itself: its end is not waited for after the test. */
    RunningSource startRefused(String keys) {
        return RunningSource.start(system, TestSettings.of(home, keys));
    }

    /** A file moved into the spool directory. */
    Path drop(String name, String content) {
        return drop(spool.resolve(name), content, Instant.now().minusSeconds(60));
    }

    /** A file moved into the spool directory, last changed some seconds after others. */
    Path drop(String name, String content, int secondsLater) {
        return drop(spool.resolve(name), content, Instant.EPOCH.plusSeconds(secondsLater));
    }

    Path drop(Path target, String content, Instant modified) {
        try {
            Path written = Files.createTempFile(home, "written", "");
            Files.write(written, content.getBytes(StandardCharsets.ISO_8859_1));
            Files.setLastModifiedTime(written, FileTime.from(modified));
            return Files.move(written, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names in the spool directory, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.list(spool)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitNames(String... names) {
        Awaitility.await()
                .atMost(RunningSource.LIMIT)
                .untilAsserted(() ->
                        org.assertj.core.api.Assertions.assertThat(names()).containsExactly(names));
    }

    /** Lines of 99 characters and a newline, numbered from 1. */
    static String lines(int count) {
        StringBuilder lines = new StringBuilder(count * 100);
        for (int i = 1; i <= count; i++) {
            lines.append(line(i)).append('\n');
        }
        return lines.toString();
    }

    static String line(int number) {
        return String.format("%099d", number);
    }

    /** The progress on disk; only while no source runs. */
    Progress progress() {
        try (ProgressFile file = ProgressFile.lock(home.resolve("state"), TestSettings.NAME)) {
            return file.load();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts progress on disk as a process left it that was killed. */
    void writeProgress(Progress progress) {
        try (ProgressFile file = ProgressFile.lock(home.resolve("state"), TestSettings.NAME)) {
            file.write(progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FoundFile found(Path path) {
        try {
            return new FoundFile(path, FileStat.of(path).identity());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
