package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

class RestartTest extends SpoolFixture {
    @Test
    void shouldGoOnAtTheCommittedOffsetWithTheSameOrdinals() {
        drop("a", lines(100), 1);
        drop("b", "b\n", 2);
        RunningSource first = start("batch-bytes = 1024");
        EventBatch committed = first.take();
        List<Sent> uncommitted = Sent.of(first.take());
        first.commit(committed.last());
        first.close();
        drop("older", "o\n", 0);

        RunningSource second = start("batch-bytes = 4096, max-event = 100");
        List<Sent> sent = second.takeAndCommit(102 - committed.size());

        assertThat(sent.subList(0, uncommitted.size())).isEqualTo(uncommitted);
        assertThat(Sent.bodies(sent)).startsWith(line(committed.size() + 1)).endsWith("b", "o");
        assertThat(sent.get(sent.size() - 2).position()).isEqualTo(new Position(2, 2));
        assertThat(sent.get(sent.size() - 1).position()).isEqualTo(new Position(3, 2));
        awaitNames("a.COMPLETED", "b.COMPLETED", "older.COMPLETED");
    }

    @Test
    void shouldKeepItsIncarnation() {
        drop("a", "1\n2\n");
        RunningSource first = start("");
        long incarnation = first.take().source().incarnation();
        first.close();
        assertThat(start("").take().source().incarnation()).isEqualTo(incarnation);
    }

    @Test
    void shouldGoOnInsideALongLineWithTheSameParts() {
        String content = "short\n" + "x".repeat(1000) + "\nend\n";
        drop("a", content);
        RunningSource first = start("max-event = 64, batch-events = 2");
        List<Sent> all = new ArrayList<>();
        while (all.size() < 18) {
            all.addAll(Sent.of(first.take()));
        }
        first.commit(all.get(4).position());
        first.close();

        // Events are cut as when the file was picked up, whatever the settings say by now.
        RunningSource second = start("max-event = 100");

        assertThat(second.takeEvents(13)).isEqualTo(all.subList(5, 18));
    }

    @Test
    void shouldRenameAFileThatWasCompleteWhenTheProcessDied() {
        Path a = drop("a", "1\n2\n");
        writeProgress(Progress.start(5).assign(List.of(found(a)), 100).commit(new Position(1, 4)));
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            drop("b", "b\n");
            assertThat(source.takeAndCommit(1)).extracting(Sent::position).containsExactly(new Position(2, 2));
            awaitNames("a.COMPLETED", "b.COMPLETED");
            source.close();
            assertThat(log.errors()).isEmpty();
        }
        assertThat(progress().files()).isEmpty();
    }

    @Test
    void shouldForgetAFileThatWasRenamedWhenTheProcessDied() throws IOException {
        Path a = drop("a", "1\n2\n");
        Progress progress = Progress.start(5).assign(List.of(found(a)), 100).commit(new Position(1, 4));
        Files.move(a, spool.resolve("a.COMPLETED"));
        writeProgress(progress);
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            drop("b", "b\n");
            source.takeAndCommit(1);
            awaitNames("a.COMPLETED", "b.COMPLETED");
            source.close();
            assertThat(log.errors()).isEmpty();
            assertThat(source.count("files.completed")).isEqualTo(1);
        }
        assertThat(progress().files()).isEmpty();
    }

    @Test
    void shouldSendANewFileThatTookTheNameOfOneRenamedWhenTheProcessDied() throws IOException {
        Path a = drop("a", "1\n2\n");
        Progress progress = Progress.start(5).assign(List.of(found(a)), 100).commit(new Position(1, 4));
        Files.move(a, spool.resolve("a.COMPLETED"));
        drop("a", "new\n");
        writeProgress(progress);

        RunningSource source = start("");

        assertThat(source.takeAndCommit(1))
                .extracting(Sent::body, Sent::position)
                .containsExactly(tuple("new", new Position(2, 4)));
        awaitNames("a.1.COMPLETED", "a.COMPLETED");
    }

    @Test
    void shouldKeepOrdinalsThatWereGivenOutWhenTheProcessDied() {
        Path b = drop("b", "b\n", 2);
        writeProgress(Progress.start(5).assign(List.of(found(b)), 100));
        drop("a", "a\n", 1);

        assertThat(start("").takeEvents(2))
                .extracting(Sent::body, Sent::position)
                .containsExactly(tuple("b", new Position(1, 2)), tuple("a", new Position(2, 2)));
    }

    @Test
    void shouldSetAsideAFileThatChangedWhileNobodyRan() throws IOException {
        Path a = drop("a", "1\n2\n", 1);
        Path b = drop("b", "b\n", 2);
        Path c = drop("c", "c\n", 3);
        writeProgress(Progress.start(5)
                .assign(List.of(found(a), found(b), found(c)), 100)
                .commit(new Position(1, 2)));
        Files.writeString(a, "3\n", StandardOpenOption.APPEND);
        Files.delete(b);
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");

            assertThat(source.takeAndCommit(1)).extracting(Sent::position).containsExactly(new Position(3, 2));
            awaitNames("a.FAILED", "c.COMPLETED");
            assertThat(source.failed(FileChange.GROWN)).isEqualTo(1);
            assertThat(source.failed(FileChange.VANISHED)).isEqualTo(1);
            assertThat(log.errors()).hasSize(2);
            assertThat(log.errors().get(0)).contains(a.toString(), "has grown", "2 bytes of it were sent");
            assertThat(log.errors().get(1)).contains(b.toString(), "has vanished", "0 of 2 bytes");
        }
    }

    @Test
    void shouldSetAsideACompleteFileThatGrewBeforeItWasRenamed() throws IOException {
        Path a = drop("a", "1\n");
        Progress progress = Progress.start(5).assign(List.of(found(a)), 100).commit(new Position(1, 2));
        Files.writeString(a, "2\n", StandardOpenOption.APPEND);
        writeProgress(progress);

        RunningSource source = start("");
        drop("b", "b\n");
        source.takeAndCommit(1);

        awaitNames("a.FAILED", "b.COMPLETED");
        assertThat(source.failed(FileChange.GROWN)).isEqualTo(1);
    }

    @Test
    void shouldTakeACommitThatIsAheadOfWhatItSendsAgain() {
        drop("a", lines(100), 1);
        drop("b", "b1\nb2\n", 2);
        drop("c", "c\n", 3);
        RunningSource first = start("batch-bytes = 1024");
        List<Sent> all = first.takeEvents(103);
        first.close();

        RunningSource second = start("batch-bytes = 1024");
        assertThat(second.take().first()).isEqualTo(all.get(0).position());
        // The receiver had all but the last two events before the restart.
        second.commit(all.get(100).position());

        awaitNames("a.COMPLETED", "b", "c");
        List<Sent> rest = new ArrayList<>();
        while (rest.isEmpty() || !rest.get(rest.size() - 1).body().equals("c")) {
            rest.addAll(Sent.of(second.take()));
        }
        assertThat(rest.size()).isLessThan(103);
        assertThat(rest).endsWith(all.get(101), all.get(102));
        second.commit(rest);
        awaitNames("a.COMPLETED", "b.COMPLETED", "c.COMPLETED");
    }

    @Test
    void shouldIgnoreACommitOfWhatItNeverSent() {
        drop("a", "1\n");
        try (LogLines log = LogLines.capture()) {
            RunningSource source = start("");
            List<Sent> sent = source.takeEvents(1);
            source.commit(new Position(2, 0));
            source.commit(sent);
            awaitNames("a.COMPLETED");
            source.close();
            assertThat(log.errors()).hasSize(1);
            assertThat(log.errors().get(0)).contains("2:0", "never sent");
        }
        assertThat(progress().committed()).isEqualTo(new Position(1, 2));
    }

    @Test
    void shouldHaveCommitsOnDiskWhenItHasStopped() {
        drop("a", lines(100));
        RunningSource source = start("progress-interval = 1 h, batch-bytes = 1024");
        Position committed = source.take().last();
        source.commit(committed);
        source.close();
        assertThat(progress().committed()).isEqualTo(committed);
    }

    @Test
    void shouldSurviveOddNames() {
        Path path = PathText.decode(OddNames.encoded(spool));
        drop(path, lines(100), Instant.EPOCH);
        RunningSource first = start("batch-bytes = 1024");
        EventBatch batch = first.take();
        first.commit(batch.last());
        first.close();

        RunningSource second = start("");
        assertThat(second.takeAndCommit(100 - batch.size())).hasSize(100 - batch.size());
        second.awaitCount("files.completed", 1);
        assertThat(Files.exists(PathText.append(path, ".COMPLETED"))).isTrue();
    }
}
