package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/** When progress is written, by a clock that stands still. */
class SavingTest {
    private static final int TURNS = 20;

    @TempDir
    Path home;

    private Path directory;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Spool spool;

    @BeforeEach
    void open() throws IOException {
        directory = Files.createDirectory(home.resolve("spool"));
        spool = new Spool(
                TestSettings.of(home, "progress-interval = 1 s"),
                SpoolLimits.DEFAULT,
                Telemetry.inMemory(),
                () -> now,
                Optional.empty(),
                () -> {});
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @Test
    void shouldWriteCommitsOnceTheIntervalIsOver() throws IOException {
        Position end = emit("a");
        spool.commit(end);

        pass(Duration.ofMillis(999));
        assertThat(spool.save()).isTrue();
        assertThat(onDisk().committed()).isEqualTo(Position.START);
        assertThat(directory.resolve("a")).exists();
        assertThat(spool.needsSave()).isTrue();
        assertThat(spool.untilSave()).isEqualTo(Duration.ofMillis(1));

        pass(Duration.ofMillis(1));
        assertThat(spool.save()).isTrue();
        assertThat(onDisk().committed()).isEqualTo(end);
        assertThat(directory.resolve("a.COMPLETED")).exists();
    }

    @Test
    void shouldFinishWithoutAWriteOfItsOwnWhatWasWrittenWithTheNextFile() throws IOException {
        spool.commit(emit("a"));
        Position end = emit("b");
        spool.commit(end);
        Progress written = onDisk();
        assertThat(written.committed().generation()).isEqualTo(1);

        assertThat(spool.save()).isTrue();
        assertThat(directory.resolve("a.COMPLETED")).exists();
        assertThat(directory.resolve("b")).exists();
        assertThat(onDisk()).isEqualTo(written);

        pass(Duration.ofSeconds(1));
        assertThat(spool.save()).isTrue();
        assertThat(directory.resolve("b.COMPLETED")).exists();
        assertThat(onDisk().committed()).isEqualTo(end);
    }

    @Test
    void shouldNotWaitLongerBecauseTheClockWasSetBack() throws IOException {
        Position end = emit("a");
        spool.commit(end);
        pass(Duration.ofDays(-1));

        assertThat(spool.untilSave()).isZero();
        assertThat(spool.save()).isTrue();
        assertThat(onDisk().committed()).isEqualTo(end);
    }

    @Test
    void shouldWriteAndFinishAtTheEndHoweverLateThatWas() throws IOException {
        Position end = emit("a");
        spool.commit(end);

        spool.close();

        assertThat(onDisk().committed()).isEqualTo(end);
        assertThat(onDisk().files()).isEmpty();
        assertThat(directory.resolve("a.COMPLETED")).exists();
    }

    /** Drops a file of one line and has it sent; the end of its event. */
    private Position emit(String name) throws IOException {
        Files.writeString(directory.resolve(name), name + "\n");
        Files.setLastModifiedTime(directory.resolve(name), FileTime.from(now));
        for (int i = 0; i < TURNS; i++) {
            if (spool.next() instanceof Spool.Turn.Emit emitted) {
                return emitted.batch().last();
            }
        }
        throw new AssertionError(name + " was not sent");
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private Progress onDisk() throws IOException {
        return ProgressText.decode(Files.readAllBytes(home.resolve("state").resolve(TestSettings.NAME + ".progress")))
                .progress();
    }
}
