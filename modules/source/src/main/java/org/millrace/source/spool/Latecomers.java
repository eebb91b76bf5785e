package org.millrace.source.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Keeps files in order that come while a directory is scanned. A scan is no snapshot: of what comes meanwhile it may
 * find a later file and miss an earlier one (POSIX leaves that open for readdir). So it is trusted only as far as to
 * the youngest file that surely was there when it began: of files that come in the order of their times, all that are
 * older were there too. What is younger waits for the next scan.
 *
 * <p>Surely there was what the scan before saw, or what was noticed. The time of a file that is not at rest may not be
 * its last: a copy may get its original's at its end. It tells something only if the file is still the same.
 *
 * <p>Files from the future are left out of it: their times say nothing about when they came. They are not waited for,
 * and do not wait.
 *
 * <p>Not thread-safe.
 */
final class Latecomers {
    private Optional<Candidate> lastAtRest = Optional.empty();
    private Optional<Candidate> last = Optional.empty();

    private Instant now = Instant.EPOCH;
    private Optional<Candidate> youngestAtRest = Optional.empty();
    private Optional<Candidate> youngest = Optional.empty();
    private boolean sawLastAgain;

    /** A scan that does not end counts for nothing. */
    void scanBegins(Instant at) {
        now = at;
        youngestAtRest = Optional.empty();
        youngest = Optional.empty();
        sawLastAgain = false;
    }

    /** The scan sees a file. */
    void saw(Candidate file, boolean atRest) {
        if (file.isFromFuture(now)) {
            return;
        }
        sawLastAgain |= last.filter(file::equals).isPresent();
        youngest = youngerOf(youngest, file);
        if (atRest) {
            youngestAtRest = youngerOf(youngestAtRest, file);
        }
    }

    private static Optional<Candidate> youngerOf(Optional<Candidate> known, Candidate file) {
        return known.filter(file::isNoYounger).isPresent() ? known : Optional.of(file);
    }

    /**
     * The scan ends.
     *
     * @param found files that are at rest, oldest first
     * @param noticed a file that surely came before the scan began
     * @return those that may be taken now
     */
    List<Candidate> leaveOut(List<Candidate> found, Optional<Path> noticed) {
        Stream<Candidate> told = found.stream()
                .filter(file -> noticed.filter(file.path()::equals).isPresent());
        Optional<Candidate> wasThere = Stream.of(lastAtRest.stream(), last.filter(file -> sawLastAgain).stream(), told)
                .flatMap(Function.identity())
                .max(Candidate.OLDEST_FIRST);
        lastAtRest = youngestAtRest;
        last = youngest;
        return found.stream()
                .filter(file -> file.isFromFuture(now)
                        || wasThere.filter(file::isNoYounger).isPresent())
                .toList();
    }
}
