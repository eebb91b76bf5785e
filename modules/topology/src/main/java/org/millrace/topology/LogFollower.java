package org.millrace.topology;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads a growing log line by line, each line once and whole. The log need not exist yet.
 *
 * <p>Not thread-safe.
 */
public final class LogFollower {
    private static final int AT_ONCE = 1 << 20;

    private final Path log;
    private long position;

    /** @param log where it will be */
    public LogFollower(Path log) {
        this.log = log;
    }

    /** Passes over all lines that are complete. */
    void skip() {
        read(line -> {});
    }

    /** Hands over the lines that were completed since the last call. */
    public void read(Consumer<String> lines) {
        if (!Files.exists(log)) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            boolean more = true;
            while (more) {
                more = readPiece(file, lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** Reads a piece up to its last line end, which leaves the line being written for the next time. */
    private boolean readPiece(RandomAccessFile file, Consumer<String> lines) throws IOException {
        byte[] piece = new byte[(int) Math.min(AT_ONCE, Math.max(0, file.length() - position))];
        file.seek(position);
        file.readFully(piece);
        int end = piece.length;
        while (end > 0 && piece[end - 1] != '\n') {
            end--;
        }
        boolean longerThanAPiece = end == 0 && piece.length == AT_ONCE;
        if (longerThanAPiece) {
            position += AT_ONCE;
        } else {
            position += end;
            new String(piece, 0, end, StandardCharsets.UTF_8).lines().forEach(lines);
        }
        return longerThanAPiece || end > 0;
    }
}
