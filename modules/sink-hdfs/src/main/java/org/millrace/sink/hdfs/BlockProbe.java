package org.millrace.sink.hdfs;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whether DataNodes serve. The NameNode does not know: it believes in a dead one for ten minutes.
 * Reads a file of one byte, which costs the NameNode a look-up and no entry in its log; writes it where
 * it cannot be read. It lies in the user's home directory, in {@code .millrace}: what reads the events
 * shall not find it among them.
 */
final class BlockProbe {
    private static final Logger LOG = LoggerFactory.getLogger(BlockProbe.class);

    private final String file;
    private boolean refused;

    BlockProbe(String node, String sink) {
        this.file = ".millrace/" + FileNames.encode(node) + "." + FileNames.encode(sink);
    }

    /**
     * Blocks. Who may not write to the home directory, or no more, goes without.
     *
     * @throws IOException when no block can be read and none be written
     */
    synchronized void run(FileSystem fileSystem) throws IOException {
        if (refused) {
            return;
        }
        Path path = new Path(fileSystem.getHomeDirectory(), file);
        if (!isReadable(fileSystem, path)) {
            try {
                write(fileSystem, path);
            } catch (AccessControlException | QuotaExceededException e) {
                refused = true;
                LOG.info("whether DataNodes answer is not asked beforehand: {}", HdfsStore.message(e));
            }
        }
    }

    private static boolean isReadable(FileSystem fileSystem, Path path) {
        try (InputStream in = fileSystem.open(path)) {
            return in.read() >= 0;
        } catch (IOException e) {
            LOG.debug("cannot read {}", path, e);
            return false;
        }
    }

    private static void write(FileSystem fileSystem, Path path) throws IOException {
        try (FSDataOutputStream out = fileSystem.create(path, true)) {
            out.write('\n');
        }
    }
}
