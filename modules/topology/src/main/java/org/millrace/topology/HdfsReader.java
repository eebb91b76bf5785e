package org.millrace.topology;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.client.HdfsDataInputStream;

/**
 * Reads what a directory of HDFS holds, in files that are closed and in those that are being written.
 *
 * <p>Not thread-safe.
 */
public final class HdfsReader implements AutoCloseable {
    private static final String IN_USE = ".tmp";

    private final FileSystem fileSystem;
    private final Path directory;

    /** Connects to a NameNode. */
    public HdfsReader(URI uri, String directory) {
        Configuration configuration = new Configuration();
        configuration.setInt("ipc.client.connect.max.retries", 10);
        try {
            this.fileSystem = FileSystem.newInstance(uri, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot reach " + uri + ": " + e.getMessage(), e);
        }
        this.directory = new Path(directory);
    }

    /** The paths of all files, in the order of their names. */
    public List<String> files() {
        return list().stream().map(HdfsReader::pathOf).toList();
    }

    private static String pathOf(LocatedFileStatus file) {
        return file.getPath().toUri().getPath();
    }

    /** The paths of the files that are not closed under their final names. */
    public List<String> filesInUse() {
        return files().stream().filter(file -> file.endsWith(IN_USE)).toList();
    }

    private List<LocatedFileStatus> list() {
        List<LocatedFileStatus> files = new ArrayList<>();
        try {
            RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(directory, true);
            while (found.hasNext()) {
                files.add(found.next());
            }
        } catch (FileNotFoundException nothingStoredYet) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory + ": " + e.getMessage(), e);
        }
        files.sort(Comparator.comparing(LocatedFileStatus::getPath));
        return files;
    }

    /** How many bytes a reader would get, those flushed to files that are being written included. */
    public long bytes() {
        return lengths().values().stream().mapToLong(Long::longValue).sum();
    }

    /** As {@link #bytes}, of each file; those that are being written under their final names too. */
    public Map<String, Long> lengths() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        for (LocatedFileStatus file : list()) {
            String name = file.getPath().getName();
            lengths.put(finalName(name), name.endsWith(IN_USE) ? visible(file.getPath()) : file.getLen());
        }
        return lengths;
    }

    private static String finalName(String name) {
        return name.endsWith(IN_USE) ? name.substring(0, name.length() - IN_USE.length()) : name;
    }

    private long visible(Path file) {
        try (FSDataInputStream in = fileSystem.open(file)) {
            return in instanceof HdfsDataInputStream hdfs ? hdfs.getVisibleLength() : 0;
        } catch (FileNotFoundException renamed) {
            return length(new Path(finalName(file.toString())));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + file + ": " + e.getMessage(), e);
        }
    }

    private long length(Path file) {
        try {
            return fileSystem.getFileStatus(file).getLen();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }

    /** The paths of the files that are closed under their final names, which nobody changes any more. */
    public Set<String> closedFiles() {
        return files().stream().filter(file -> !file.endsWith(IN_USE)).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads all files, in the order of their names. Each is a sequence, named as it is called once it is closed. */
    public void read(Lines lines) {
        readAllBut(Set.of(), lines);
    }

    /** As {@link #read}, without the files of these paths. */
    public void readAllBut(Set<String> paths, Lines lines) {
        for (LocatedFileStatus file : list()) {
            if (paths.contains(pathOf(file))) {
                continue;
            }
            lines.begin(finalName(file.getPath().getName()));
            try (InputStream in = openAlsoRenamed(file.getPath())) {
                LineSplitter.split(in, lines);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file.getPath() + ": " + e.getMessage(), e);
            }
        }
    }

    /** A file in use may have got its final name since it was listed. */
    private InputStream openAlsoRenamed(Path file) throws IOException {
        try {
            return fileSystem.open(file);
        } catch (FileNotFoundException e) {
            String name = file.toString();
            if (!name.endsWith(IN_USE)) {
                throw e;
            }
            return fileSystem.open(new Path(finalName(name)));
        }
    }

    @Override
    public void close() {
        try {
            fileSystem.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the connection to HDFS", e);
        }
    }
}
