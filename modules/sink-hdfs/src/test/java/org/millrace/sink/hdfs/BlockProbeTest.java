package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockProbeTest {
    @TempDir
    private java.nio.file.Path home;

    private final BlockProbe probe = new BlockProbe("node.04", "archive");
    private final HomeFileSystem fileSystem = new HomeFileSystem();

    @BeforeEach
    void open() throws IOException {
        fileSystem.initialize(home.toUri(), new Configuration());
    }

    @Test
    void shouldWriteOnceAndReadFromThenOn() throws IOException {
        probe.run(fileSystem);
        fileSystem.refusal = Optional.of(new IOException("no DataNode"));
        probe.run(fileSystem);

        assertThat(home.resolve(".millrace/node+04.archive")).hasContent("\n");
        assertThat(fileSystem.written).isEqualTo(1);
    }

    @Test
    void shouldWriteAnewWhatItCannotRead() throws IOException {
        probe.run(fileSystem);
        Files.write(home.resolve(".millrace/node+04.archive"), new byte[0]);

        probe.run(fileSystem);

        assertThat(home.resolve(".millrace/node+04.archive")).hasContent("\n");
    }

    @Test
    void shouldFailWhenItCanNeitherReadNorWrite() {
        fileSystem.refusal = Optional.of(new IOException("no DataNode"));

        assertThatThrownBy(() -> probe.run(fileSystem)).hasMessage("no DataNode");
    }

    @Test
    void shouldGoWithoutWhereItMayNotWrite() throws IOException {
        fileSystem.refusal = Optional.of(new AccessControlException("not yours"));

        probe.run(fileSystem);
        probe.run(fileSystem);

        assertThat(fileSystem.written).as("not tried again").isEqualTo(1);
    }

    /** A file system with a home directory of its own that takes nothing when it is told to. */
    private final class HomeFileSystem extends FilterFileSystem {
        private Optional<IOException> refusal = Optional.empty();
        private int written;

        HomeFileSystem() {
            super(new RawLocalFileSystem());
        }

        @Override
        public Path getHomeDirectory() {
            return new Path(home.toUri());
        }

        @Override
        public FSDataOutputStream create(
                Path path,
                FsPermission permission,
                boolean overwrite,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            written++;
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
        }
    }
}
