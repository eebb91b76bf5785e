package org.millrace.topology.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.millrace.sink.hdfs.HdfsSettings;

/**
 * Copies files into a directory of HDFS with nothing but Hadoop's client: rolled at the size that the
 * collector's sink rolls at, and flushed as it does, each time when as much was written as it puts under
 * one flush at most.
 */
final class BareWriter {
    private static final int COPY_BYTES = 64 << 10;

    private final HdfsSettings settings;
    private final FileSystem fileSystem;
    private final Path directory;
    private int files;

    private BareWriter(HdfsSettings settings, FileSystem fileSystem, String directory) {
        this.settings = settings;
        this.fileSystem = fileSystem;
        this.directory = new Path(directory);
    }

    public static void main(String[] arguments) throws Exception {
        BareProgram program = new BareProgram(arguments);
        HdfsSettings settings = HdfsSettings.from(program.sink("hdfs"), program.root());
        String directory = program.place();
        Configuration configuration = new Configuration();
        settings.hadoop().forEach(configuration::set);
        try (FileSystem fileSystem = FileSystem.newInstance(URI.create(settings.fileSystem() + "/"), configuration)) {
            program.run(new BareWriter(settings, fileSystem, directory)::store);
        }
    }

    private void store(List<java.nio.file.Path> all) throws IOException {
        for (java.nio.file.Path file : all) {
            try (InputStream in = Files.newInputStream(file)) {
                boolean more = true;
                while (more) {
                    more = copyOne(in);
                }
            }
        }
    }

    /** Copies up to the size of one file, and returns whether there may be more. */
    private boolean copyOne(InputStream in) throws IOException {
        long rollSize = settings.roll().bytes() > 0 ? settings.roll().bytes() : Long.MAX_VALUE;
        byte[] buffer = new byte[COPY_BYTES];
        long written = 0;
        long unflushed = 0;
        files++;
        try (FSDataOutputStream out = fileSystem.create(new Path(directory, "bare-" + files), false)) {
            int read = 0;
            while (read >= 0 && written < rollSize) {
                read = in.read(buffer);
                if (read > 0) {
                    out.write(buffer, 0, read);
                    written += read;
                    unflushed += read;
                }
                if (unflushed >= settings.maxFlushBytes()) {
                    settings.sync().flush(out);
                    unflushed = 0;
                }
            }
            settings.sync().flush(out);
            return read >= 0;
        }
    }
}
