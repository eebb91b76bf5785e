package org.millrace.sink.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Finds the files that a node has, or had, in use. Looks only where the path with its escapes could
 * have put them: below its fixed part, as deep as it goes, in directories whose names fit.
 */
final class FileSearch {
    private final String base;
    private final List<Pattern> names;

    FileSearch(EscapedText directory) {
        this.base = directory.base();
        this.names = directory.namesBelowBase();
    }

    /** Blocks, for as long as it takes to list the directories. */
    List<Path> inUse(FileSystem fileSystem, FileNames node) throws IOException {
        List<Path> found = new ArrayList<>();
        look(fileSystem, new Path(base), 0, node, found);
        return found;
    }

    private void look(FileSystem fileSystem, Path directory, int depth, FileNames node, List<Path> found)
            throws IOException {
        RemoteIterator<FileStatus> entries;
        try {
            entries = fileSystem.listStatusIterator(directory);
        } catch (FileNotFoundException nothingThereYet) {
            return;
        }
        while (entries.hasNext()) {
            FileStatus entry = entries.next();
            String name = entry.getPath().getName();
            if (depth == names.size()) {
                if (entry.isFile() && node.parse(name).isPresent()) {
                    found.add(entry.getPath());
                }
            } else if (entry.isDirectory() && names.get(depth).matcher(name).matches()) {
                look(fileSystem, entry.getPath(), depth + 1, node, found);
            }
        }
    }
}
