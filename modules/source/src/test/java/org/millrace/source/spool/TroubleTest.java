package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.Position;

class TroubleTest extends SpoolFixture {
    /** Far more than the stages in between hold, so that the reader is in its midst. */
    private static final int LINES = 2000;

    @ParameterizedTest
    @EnumSource(FileChange.class)
    void shouldSetAsideAFileThatChangesWhileItIsRead(FileChange change) {
        Path a = drop("a", lines(LINES), 1);
        drop("b", "b\n", 2);
        drop("a.FAILED", "earlier\n", 0);
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("batch-bytes = 1024");
            List<Sent> sent = new ArrayList<>(source.takeAndCommit(1));
            make(change, a);
            sent.addAll(source.takeAndCommitUpTo("b"));

            Sent last = sent.get(sent.size() - 1);
            assertThat(last.position()).isEqualTo(new Position(2, 2));
            List<String> ofA = Sent.bodies(sent.subList(0, sent.size() - 1));
            assertThat(ofA).hasSizeBetween(10, LINES - 1);
            assertThat(ofA).isEqualTo(lines(ofA.size()).lines().toList());
            if (change == FileChange.VANISHED) {
                awaitNames("a.FAILED", "b.COMPLETED");
            } else {
                awaitNames("a.1.FAILED", "a.FAILED", "b.COMPLETED");
            }
            assertThat(spool.resolve("a.FAILED")).hasContent("earlier\n");
            assertThat(source.failed(change)).isEqualTo(1);
            assertThat(log.errors()).hasSize(1);
            assertThat(log.errors().get(0))
                    .startsWith("source s: " + a + " " + change.text())
                    .contains(ofA.size() * 100 + (change == FileChange.VANISHED ? " of 200000 bytes" : " bytes of it"));
        }
        stopSources();
        assertThat(progress().files()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(FileChange.class)
    void shouldSetAsideAFileThatChangesBeforeItIsCommitted(FileChange change) {
        Path a = drop("a", "1\n2\n");
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            List<Sent> sent = source.takeEvents(2);
            make(change, a);
            source.commit(sent);
            Awaitility.await().atMost(RunningSource.LIMIT).until(() -> source.failed(change) == 1);
            if (change == FileChange.VANISHED) {
                awaitNames();
            } else {
                awaitNames("a.FAILED");
            }
            assertThat(log.errors()).hasSize(1);
            assertThat(source.count("files.completed")).isZero();
            drop("b", "b\n");
            assertThat(source.takeEvents(1)).extracting(Sent::position).containsExactly(new Position(2, 2));
        }
    }

    @Test
    void shouldGoOnWithOtherFilesWhenOneCannotBeRead() throws IOException {
        Files.createSymbolicLink(spool.resolve("mem"), Path.of("/proc/self/mem"));
        Files.createSymbolicLink(spool.resolve("nowhere"), home.resolve("target"));
        drop("a", "a\n");
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("a");
            source.awaitCount("files.unreadable", 2);
            for (int i = 0; i < 3; i++) {
                // Each of these takes another look at the directory.
                drop("more" + i, i + "\n");
                source.takeAndCommit(1);
            }
            assertThat(log.errors()).hasSize(2);
            assertThat(log.errors()).anyMatch(line -> line.contains("mem cannot be read: Input/output error"));
            assertThat(log.errors()).anyMatch(line -> line.contains("nowhere cannot be read: it is a link to"));

            Files.writeString(home.resolve("target"), "mended\n");
            assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("mended");
        }
        awaitNames("a.COMPLETED", "mem", "more0.COMPLETED", "more1.COMPLETED", "more2.COMPLETED", "nowhere.COMPLETED");
    }

    @Test
    void shouldReadAFileOnceItsPermissionsAllow() throws IOException {
        Path a = drop("a", "a\n", 1);
        Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(a), "permissions do not bind root");
        drop("b", "b\n", 2);
        RunningSource source = start("");
        assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("b");
        source.awaitCount("files.unreadable", 1);

        Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-------"));
        assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("a");
    }

    @Test
    void shouldWaitForADirectoryThatDoesNotExist() throws IOException {
        Files.delete(spool);
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            assertThat(source.hasMore()).isFalse();
            source.awaitGauge("directory.ok", 0);
            Files.createDirectory(spool);
            drop("a", "a\n");
            assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("a");
            source.awaitGauge("directory.ok", 1);
            assertThat(log.errors()).hasSize(1);
            assertThat(log.errors().get(0)).contains(spool.toString(), "does not exist", "tried again");
        }
    }

    @Test
    void shouldGoOnInTheMiddleOfAFileWhenItsDirectoryIsBack() throws IOException {
        drop("a", lines(LINES), 1);
        RunningSource source = start("batch-bytes = 1024");
        try (LogLines log = LogLines.capture()) {
            List<Sent> sent = new ArrayList<>(source.takeAndCommit(1));
            Path away = Files.move(spool, home.resolve("away"));
            while (source.gauge("directory.ok") == 1) {
                if (source.hasMore()) {
                    sent.addAll(source.takeAndCommit(1));
                }
            }
            Files.writeString(spool, "a file in its place");
            Awaitility.await()
                    .atMost(RunningSource.LIMIT)
                    .until(() -> log.errors().size() == 2);
            Files.delete(spool);
            Files.move(away, spool);
            while (sent.size() < LINES) {
                sent.addAll(source.takeAndCommit(1));
            }

            assertThat(Sent.bodies(sent)).isEqualTo(lines(LINES).lines().toList());
            awaitNames("a.COMPLETED");
            source.awaitGauge("directory.ok", 1);
            assertThat(log.errors()).hasSizeBetween(2, 3);
            assertThat(log.errors().get(0)).contains("does not exist");
            assertThat(log.errors().get(1)).contains("is not a directory");
        }
    }

    @Test
    void shouldEmitNothingUnderAnOrdinalThatIsNotOnDisk() throws IOException {
        drop("a", "a\n", 1);
        RunningSource source = start("");
        List<Sent> first = source.takeEvents(1);
        try (LogLines log = LogLines.capture()) {
            Runnable room = fillDisk();
            source.commit(first);
            drop("b", "b\n", 2);
            source.awaitGauge("progress.ok", 0);
            source.awaitGauge("files.in.hand", 2);
            assertThat(source.hasMore()).isFalse();
            assertThat(source.count("files.opened")).isEqualTo(1);
            assertThat(names()).containsExactly("a", "b");

            room.run();
            assertThat(source.takeAndCommit(1)).extracting(Sent::position).containsExactly(new Position(2, 2));
            awaitNames("a.COMPLETED", "b.COMPLETED");
            source.awaitGauge("progress.ok", 1);
            assertThat(log.errors()).hasSize(1);
            assertThat(log.errors().get(0)).contains(home.resolve("state").toString(), "No space left on device");
        }
    }

    @Test
    void shouldWaitForRoomBeforeItsFirstProgress() throws IOException {
        Files.createDirectory(home.resolve("state"));
        Path temporary = Files.createSymbolicLink(home.resolve("state/s.progress.tmp"), Path.of("/dev/full"));
        drop("a", "a\n");
        RunningSource source = start("");
        source.awaitGauge("progress.ok", 0);
        assertThat(source.hasMore()).isFalse();
        Files.delete(temporary);
        assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("a");
    }

    @Test
    void shouldFailToStopWhenItsProgressCannotBeKept() throws IOException {
        drop("a", "a\n");
        RunningSource source = startRefused("progress-interval = 1 h");
        source.commit(source.takeEvents(1));
        Runnable room = fillDisk();
        assertThatThrownBy(source::close)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("No space left on device");
        room.run();
        // The lock is free all the same, and nothing is forgotten.
        assertThat(Sent.bodies(start("").takeAndCommit(1))).containsExactly("a");
    }

    @Test
    void shouldNotSendAgainWhatItCannotRename() {
        // With a suffix the name is longer than a name may be.
        String longName = "n".repeat(250);
        Path stuck = drop(longName, "1\n", 1);
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            source.takeAndCommit(1);
            source.awaitGauge("directory.ok", 0);
            drop("b", "b\n", 2);
            assertThat(Sent.bodies(source.takeAndCommit(1))).containsExactly("b");
            awaitNames("b.COMPLETED", longName);
            assertThat(log.errors()).hasSize(1);
            assertThat(log.errors().get(0)).contains(longName, "cannot be renamed or deleted: File name too long");

            assertThat(stuck.toFile().renameTo(home.resolve("elsewhere").toFile()))
                    .isTrue();
            source.awaitGauge("directory.ok", 1);
        }
        stopSources();
        assertThat(progress().files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "millrace-spool-progress 1\nincarnation 1\n", "nonsense"})
    void shouldNotStartWithDamagedProgress(String content) throws IOException {
        Files.createDirectory(home.resolve("state"));
        Path progress = Files.writeString(home.resolve("state/s.progress"), content);
        drop("a", "a\n");

        RunningSource source = startRefused("");

        assertThatThrownBy(source::take)
                .hasCauseInstanceOf(DamagedProgressException.class)
                .hasMessageContaining(progress.toString());
        assertThatThrownBy(source::awaitStopped).hasCauseInstanceOf(DamagedProgressException.class);
        assertThat(progress).hasContent(content);
        assertThat(names()).containsExactly("a");

        Files.delete(progress);
        assertThat(Sent.bodies(start("").takeEvents(1))).containsExactly("a");
    }

    @Test
    void shouldNotStartTwiceOnTheSameState() {
        drop("a", "1\n");
        RunningSource first = start("");
        List<Sent> sent = first.takeEvents(1);

        RunningSource second = startRefused("");

        assertThatThrownBy(second::take)
                .hasCauseInstanceOf(StateInUseException.class)
                .hasMessageContaining(home.resolve("state/s.lock").toString());
        first.commit(sent);
        awaitNames("a.COMPLETED");
    }

    /** Lets no progress be written until what this returns is run. */
    private Runnable fillDisk() throws IOException {
        Path progress = home.resolve("state/s.progress");
        Path away = home.resolve("away");
        // Whoever writes to this device is told that the disk is full. The progress that is there has its room already.
        Path temporary = Files.createSymbolicLink(home.resolve("state/s.progress.tmp"), Path.of("/dev/full"));
        Files.move(progress, away);
        return () -> {
            try {
                Files.move(away, progress);
                Files.delete(temporary);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private void make(FileChange change, Path file) {
        try {
            switch (change) {
                case GROWN -> Files.writeString(file, "more\n", StandardOpenOption.APPEND);
                case SHRUNK -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(1);
                    }
                }
                case REWRITTEN -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.wrap(new byte[] {'X'}), 0);
                    }
                }
                case REPLACED -> {
                    Path other = Files.copy(file, home.resolve("other"), StandardCopyOption.COPY_ATTRIBUTES);
                    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
                }
                case VANISHED -> Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
