package org.millrace.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A file in which a comment marks each line with a mistake. */
final class MarkedFile {
    private MarkedFile() {}

    /** The numbers, from 1, of the lines behind those that begin with {@code mark}. */
    static List<Integer> linesBehind(Path file, String mark) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return IntStream.range(1, lines.size())
                .filter(i -> lines.get(i - 1).strip().startsWith(mark))
                .mapToObj(i -> i + 1)
                .toList();
    }
}
