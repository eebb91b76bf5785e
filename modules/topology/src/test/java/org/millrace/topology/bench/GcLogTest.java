package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {
    @TempDir
    private Path directory;

    @Test
    void shouldTellWhatHappenedSinceItWasMade() throws IOException {
        Path log = directory.resolve("node01.log");
        Files.writeString(log, "[0.512s][info][gc] GC(0) Pause Young (Allocation Failure) 90M->80M(93M) 99.000ms\n");
        GcLog collections = new GcLog(log);
        assertThat(collections.heap()).isEqualTo(GcLog.Heap.NOTHING);

        Files.writeString(log, """
                [1.512s][info][gc] GC(1) Pause Young (Allocation Failure) 33M->7M(93M) 2.500ms
                10:23:45.123 INFO  source weblogs: events=10
                [2.512s][info][gc] GC(2) Pause Full (System.gc()) 12M->8M(93M) 12.000ms
                [3.512s][info][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 31M->6M(93M) 1.500ms
                """, StandardOpenOption.APPEND);
        assertThat(collections.heap()).isEqualTo(new GcLog.Heap(3, 33, 8, 12, 16));
        assertThat(collections.leastKeptMiB()).hasValue(6);
        assertThat(collections.leastKeptMiB()).as("since it was last asked").isEmpty();
        assertThat(collections.heap().text())
                .isEqualTo("heap 33 MiB at most, 8 MiB after collections, 3 pauses of 16 ms in all and 12 ms at most");
    }
}
