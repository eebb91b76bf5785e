package org.millrace.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import org.millrace.flow.CountedText;
import org.millrace.source.spool.AtRest.Look;

/**
 * Finds files that are ready to be read, oldest first. A scan keeps the oldest few thousand; the
 * next scan is made when these are used up. So memory does not grow with the directory. Nor does the
 * share of the time that scans take: see {@link #untilDue}. Files that come in the order of their times
 * are found in it even when they come during a scan: see {@link Latecomers}.
 */
final class FilePicker {
    /** How many times as long as a scan takes nothing is scanned after it, ... */
    private static final int PAUSE_PER_SCAN = 20;
    /** ... but no longer than this. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

    /**
     * A file is noticed before its first byte is written. To take it for an empty one then would lose what comes into
     * it, and where there is no rest time nothing else keeps from that.
     */
    private static final Duration REST_OF_EMPTY = Duration.ofMillis(500);
    /** Before a file is looked at again that changed between two looks. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(20);

    private final SpoolDirectorySettings settings;
    private final SpoolLimits limits;
    private final InstantSource clock;
    private final SpoolMeters meters;
    private final NameFilter names;
    private final Arrivals arrivals;
    private final UnreadableFiles unreadable;
    private final Latecomers latecomers = new Latecomers();
    private final Queue<Candidate> waiting = new ArrayDeque<>();
    /** First looks at files that the clock alone cannot judge. */
    private Map<Path, Look> looks = new HashMap<>();

    private Instant scanBegan = Instant.EPOCH;
    private Instant scanEnded = Instant.EPOCH;
    /** When the first of the files that were not at rest will be, if they stay as they were. */
    private Instant nextAtRest = Instant.MAX;
    /** The last scan saw more than it could keep. */
    private boolean sawMore;
    /** What may have come while the last scan ran was left to the next one. */
    private boolean leftSome;
    /** That was all it found: the next one may begin at once. */
    private boolean leftAll;

    FilePicker(
            SpoolDirectorySettings settings,
            SpoolLimits limits,
            InstantSource clock,
            SpoolMeters meters,
            NameFilter names,
            Arrivals arrivals) {
        this.settings = settings;
        this.limits = limits;
        this.clock = clock;
        this.meters = meters;
        this.names = names;
        this.arrivals = arrivals;
        this.unreadable = new UnreadableFiles(settings.name(), limits.unreadable(), meters);
    }

    /**
     * The next files to read, oldest first; none when there are none at the moment. Files that are
     * empty were seen to be so.
     *
     * @param most how many are wanted
     * @param inHand paths that are not to be picked up
     * @throws IOException when the directory cannot be read
     */
    List<FoundFile> pick(int most, Predicate<Path> inHand) throws IOException {
        if (waiting.isEmpty()
                && (sawMore
                        || leftAll
                        || untilDue(scanBegan, scanEnded, clock.instant()).isZero())) {
            scan(inHand);
        }
        List<FoundFile> picked = new ArrayList<>();
        long bytes = 0;
        while (picked.size() < most && bytes < limits.groupBytes() && !waiting.isEmpty()) {
            Optional<FoundFile> found = examine(waiting.remove());
            if (found.isPresent()) {
                picked.add(found.get());
                bytes += found.get().identity().size();
            }
        }
        showWaiting();
        return picked;
    }

    /** A file that was picked up could not be read after all. */
    void unreadable(Path path, String why) {
        unreadable.remember(path, why);
    }

    /**
     * How long there is nothing to be picked, as far as is known; news may end that sooner. At least a millisecond,
     * and no longer than the poll interval, or the pause that a directory needs which takes long to scan.
     */
    Duration untilNext() {
        Instant now = clock.instant();
        Duration pause = leftAll ? Duration.ZERO : untilDue(scanBegan, scanEnded, now);
        if (sawMore || leftSome || arrivals.isNews()) {
            return longer(pause, SHORTEST_WAIT);
        }
        Instant nextPoll = scanEnded.plus(settings.pollInterval());
        Duration untilLook = Duration.between(now, nextAtRest.isBefore(nextPoll) ? nextAtRest : nextPoll);
        // The clock may have been set back.
        Duration limited = untilLook.compareTo(settings.pollInterval()) < 0 ? untilLook : settings.pollInterval();
        return longer(longer(pause, limited), SHORTEST_WAIT);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /**
     * How long a directory may not be scanned again. A small one may at once, so that new files are picked up when
     * they are noticed; one that keeps a hundred thousand completed files takes a scan's time, which must not go on
     * all the time.
     *
     * @param began when the last scan began
     * @param ended when it ended
     */
    static Duration untilDue(Instant began, Instant ended, Instant now) {
        Duration pause = Duration.between(began, ended).multipliedBy(PAUSE_PER_SCAN);
        Duration limited = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        return new Pause(ended, limited).left(now);
    }

    private void scan(Predicate<Path> inHand) throws IOException {
        scanBegan = clock.instant();
        unreadable.scanBegins();
        Optional<Path> noticed = arrivals.scanBegins();
        nextAtRest = Instant.MAX;
        Scan scan = new Scan(inHand);
        latecomers.scanBegins(scan.now);
        scan.run();
        arrivals.scanEnds();
        unreadable.scanEnds();
        looks = scan.looks;
        List<Candidate> found = scan.oldest.inOrder();
        sawMore = found.size() >= limits.candidates();
        List<Candidate> taken = latecomers.leaveOut(found, noticed);
        waiting.addAll(taken);
        leftSome = taken.size() < found.size();
        leftAll = leftSome && taken.isEmpty();
        scanEnded = clock.instant();
    }

    private void lookAgainAt(Instant time) {
        nextAtRest = time.isBefore(nextAtRest) ? time : nextAtRest;
    }

    /** Looks at a file once more: the scan may have been a while ago. */
    private Optional<FoundFile> examine(Candidate candidate) {
        Path path = candidate.path();
        try {
            FileStat stat = FileStat.of(path);
            boolean asScanned = stat.identity().size() == candidate.size()
                    && stat.identity().modified().equals(candidate.modified());
            if (!asScanned) {
                lookAgainAt(clock.instant().plus(longer(settings.restTime(), SHORTEST_REST)));
                return Optional.empty();
            }
            if (!stat.regular()) {
                return Optional.empty();
            }
            if (!Files.isReadable(path)) {
                unreadable.remember(path, "permission denied");
                return Optional.empty();
            }
            FoundFile found = new FoundFile(path, stat.identity());
            return found.isEmpty() && !isReallyEmpty(path) ? Optional.empty() : Optional.of(found);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (!IoReason.isOutOfHandles(e)) {
                unreadable.remember(path, IoReason.of(e));
            }
            return Optional.empty();
        }
    }

    /** A size of 0 is not believed: it is also what special files say. */
    private static boolean isReallyEmpty(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        }
    }

    private void showWaiting() {
        meters.waiting(waiting.size(), Optional.ofNullable(waiting.peek()));
    }

    /** One pass over the directory. */
    private final class Scan {
        private final Predicate<Path> inHand;
        private final Instant now = clock.instant();
        private final OldestFiles oldest = new OldestFiles(limits.candidates());
        private final Map<Path, Look> looks = new HashMap<>();
        private final Deque<Path> subdirectories = new ArrayDeque<>();

        Scan(Predicate<Path> inHand) {
            this.inHand = inHand;
        }

        void run() throws IOException {
            walk(settings.directory());
            while (!subdirectories.isEmpty()) {
                Path directory = subdirectories.pop();
                try {
                    walk(directory);
                } catch (IOException e) {
                    // One that was removed since is no trouble.
                    if (Files.exists(directory)) {
                        unreadable.remember(directory, IoReason.of(e));
                    }
                }
            }
        }

        private void walk(Path directory) throws IOException {
            arrivals.visit(directory);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    look(entry);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }

        private void look(Path path) {
            String name = path.getFileName().toString();
            try {
                boolean skipped = names.skips(name);
                lookUnless(skipped, !skipped && names.includes(name), path);
            } catch (CountedText.TooManySteps e) {
                rememberUnlessKnown(
                        path,
                        "include-pattern or ignore-pattern backtracks without end at its name; write one with fewer ways"
                                + " to match the same text, unlike (a+)+ or .*.*");
            }
        }

        private void lookUnless(boolean skipped, boolean included, Path path) {
            if (skipped || (!included && !settings.recursive()) || inHand.test(path)) {
                return;
            }
            try {
                BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
                if (found.isDirectory()) {
                    lookAtDirectory(path);
                } else if (included && !unreadable.isKnown(path)) {
                    lookAtFile(path, found);
                }
            } catch (NoSuchFileException e) {
                if (Files.isSymbolicLink(path)) {
                    rememberUnlessKnown(path, "it is a link to a file that does not exist");
                }
            } catch (IOException e) {
                rememberUnlessKnown(path, IoReason.of(e));
            }
        }

        private void lookAtDirectory(Path path) {
            if (settings.recursive() && !Files.isSymbolicLink(path) && !unreadable.isKnown(path)) {
                subdirectories.push(path);
            }
        }

        private void lookAtFile(Path path, BasicFileAttributes found) {
            if (!found.isRegularFile()) {
                unreadable.remember(path, "it is no regular file");
                return;
            }
            Look look = new Look(found.size(), found.lastModifiedTime().toInstant(), now);
            Candidate candidate = new Candidate(path, look.size(), look.modified());
            Optional<Look> earlier = Optional.ofNullable(FilePicker.this.looks.get(path));
            Instant since = look.modified();
            if (candidate.isFromFuture(now)) {
                // The first of a row of equal looks counts, unless the clock was set back since.
                Look first = earlier.filter(before ->
                                before.sameContent(look) && !before.at().isAfter(now))
                        .orElse(look);
                since = first.at();
                if (looks.size() < limits.candidates()) {
                    looks.put(path, first);
                }
            }
            Duration restTime = look.size() == 0 ? longer(settings.restTime(), REST_OF_EMPTY) : settings.restTime();
            boolean atRest = AtRest.decide(look, earlier, restTime);
            latecomers.saw(candidate, atRest);
            if (atRest) {
                oldest.offer(candidate);
            } else {
                lookAgainAt(since.plus(restTime));
            }
        }

        private void rememberUnlessKnown(Path path, String why) {
            if (!unreadable.isKnown(path)) {
                unreadable.remember(path, why);
            }
        }
    }
}
