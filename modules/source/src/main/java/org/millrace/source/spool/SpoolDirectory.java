package org.millrace.source.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The watched directory as a whole. Where a file seems to have gone, look here first: if the whole
 * directory is away for a while, nothing is wrong with the file.
 */
final class SpoolDirectory {
    private final Path path;
    private final Troubles troubles;

    SpoolDirectory(Path path, Troubles troubles) {
        this.path = path;
        this.troubles = troubles;
    }

    /** Whether files can be found, read and renamed; says so when that changes for the worse. */
    boolean isUsable() {
        Optional<String> problem = problem();
        problem.ifPresent(this::report);
        return problem.isEmpty();
    }

    /** Looking for files failed. */
    void report(String reason) {
        troubles.report(
                Troubles.Area.DIRECTORY,
                reason,
                "spool directory " + PathText.shown(path) + " cannot be used: " + reason
                        + ". Create it, or let the agent's user read, write and enter it; it is tried again");
    }

    /** Looking for files worked. */
    void isFine() {
        troubles.clear(Troubles.Area.DIRECTORY);
    }

    private Optional<String> problem() {
        if (!Files.exists(path)) {
            return Optional.of("it does not exist");
        }
        if (!Files.isDirectory(path)) {
            return Optional.of("it is not a directory");
        }
        if (!Files.isReadable(path) || !Files.isExecutable(path)) {
            return Optional.of("it cannot be read");
        }
        return Files.isWritable(path) ? Optional.empty() : Optional.of("it cannot be written to");
    }
}
