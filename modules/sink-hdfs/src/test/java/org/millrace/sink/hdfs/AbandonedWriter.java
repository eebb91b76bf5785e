package org.millrace.sink.hdfs;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A process that writes to files of HDFS, flushes, says so, and waits to be killed: what a collector
 * leaves that dies with files open.
 */
final class AbandonedWriter {
    static final String READY = "all files are written";

    private AbandonedWriter() {}

    // The arguments are the directory, and then names and texts by turns.
    public static void main(String[] args) throws Exception {
        FileSystem fileSystem = FileSystem.newInstance(URI.create(args[0]), new Configuration());
        for (int i = 1; i < args.length; i += 2) {
            FSDataOutputStream out = fileSystem.create(new Path(args[0], args[i]), false);
            out.write(args[i + 1].getBytes(StandardCharsets.UTF_8));
            out.hflush();
        }
        System.out.println(READY);
        new CountDownLatch(1).await();
    }
}
