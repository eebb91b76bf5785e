package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.topology.Installation;
import org.millrace.topology.Stores;

class HdfsWatchTest {
    private static final org.apache.hadoop.fs.Path IN_USE = new org.apache.hadoop.fs.Path("/watched/a.txt.tmp");

    @TempDir
    private static Path directory;

    private static Stores stores;

    @BeforeAll
    static void start() {
        Path kafka = Path.of(System.getProperty("millrace.kafka-server.lib"));
        Path hdfs = Path.of(System.getProperty("millrace.hdfs-server.lib"));
        stores = Stores.start(new Installation(directory, kafka, hdfs), directory);
    }

    @AfterAll
    static void stop() {
        stores.close();
    }

    @Test
    void shouldKnowWhenBytesWereThereFirst() throws IOException {
        // So rare that only the looks asked for here count.
        try (HdfsWatch watch = new HdfsWatch(stores.hdfsReader("/watched"), Duration.ofDays(1));
                FileSystem hdfs = FileSystem.newInstance(stores.hdfsUri(), new Configuration())) {
            try (FSDataOutputStream out = hdfs.create(IN_USE)) {
                out.write(new byte[10]);
                out.hflush();
                long before = System.currentTimeMillis();
                long began = System.nanoTime();
                assertThat(watch.look()).isEqualTo(10);
                long between = System.currentTimeMillis();
                out.write(new byte[5]);
                assertThat(watch.look()).as("not flushed").isEqualTo(10);
                assertThat(watch.lookedAfter(began)).isBetween(before, between);
                assertThat(watch.seenAt("a.txt", 1)).isBetween(before, between);
                assertThat(watch.seenAt("a.txt", 10)).isBetween(before, between);
                assertThatThrownBy(() -> watch.seenAt("a.txt", 11)).hasMessageContaining("a.txt");
                out.hflush();
            }
            hdfs.rename(IN_USE, new org.apache.hadoop.fs.Path("/watched/a.txt"));
            long renamed = System.currentTimeMillis();
            assertThat(watch.look()).isEqualTo(15);
            assertThat(watch.seenAt("a.txt", 10)).isLessThanOrEqualTo(renamed);
            assertThat(watch.seenAt("a.txt", 11)).isGreaterThanOrEqualTo(renamed);
            watch.stop();
        }
    }
}
