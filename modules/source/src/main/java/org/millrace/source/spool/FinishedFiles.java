package org.millrace.source.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renames or deletes files that are done with, and sets failed ones aside.
 *
 * <p>The order is: stored, progress on disk says so, renamed, directory forced to disk, forgotten
 * by the next progress. After a crash between any two of these the file is either still there and
 * is renamed now, or gone and is only forgotten.
 */
final class FinishedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    private final SpoolDirectorySettings settings;
    private final SpoolDirectory directory;
    private final Troubles troubles;
    private final SpoolMeters meters;
    /** Complete at the start already: they may have been renamed before the crash. */
    private final Set<Long> restored;
    /** Renamed or deleted, but the directory is not forced to disk yet. */
    private final Set<Long> moved = new HashSet<>();

    private final Set<Path> touchedDirectories = new HashSet<>();
    /** Failed files that could not be renamed yet. */
    private final Set<Path> stillToSetAside = new LinkedHashSet<>();

    FinishedFiles(
            SpoolDirectorySettings settings,
            SpoolDirectory directory,
            Troubles troubles,
            SpoolMeters meters,
            Collection<Long> restored) {
        this.settings = settings;
        this.directory = directory;
        this.troubles = troubles;
        this.meters = meters;
        this.restored = new HashSet<>(restored);
    }

    /**
     * Renames or deletes files of which every event is stored, and tries again what failed before.
     *
     * @param complete files that the progress on disk says are complete
     * @return the ordinals of those that are done with for good
     */
    Set<Long> finish(List<FileInHand> complete) {
        if (complete.isEmpty() && stillToSetAside.isEmpty()) {
            return Set.of();
        }
        if (!directory.isUsable()) {
            return Set.of();
        }
        boolean allDone = true;
        for (FileInHand file : complete) {
            allDone &= moved.contains(file.ordinal()) || settle(file);
        }
        for (Path path : List.copyOf(stillToSetAside)) {
            allDone &= tryToSetAside(path);
        }
        if (!forceDirectories()) {
            return Set.of();
        }
        if (allDone) {
            troubles.clear(Troubles.Area.COMPLETION);
        }
        Set<Long> done = Set.copyOf(moved);
        moved.clear();
        restored.removeAll(done);
        return done;
    }

    /** Renames or deletes a file that has no events; false when that failed. */
    boolean finishEmpty(Path path) {
        return attempt(path, () -> complete(path));
    }

    /**
     * Gives up a file that is not what was picked up any more, and sets it aside where it still
     * exists. A rename that fails is tried again by {@link #finish}.
     *
     * @param sent how much of it was sent, in bytes
     */
    void giveUp(FileInHand file, FileChange change, long sent) {
        meters.failed(change);
        if (change == FileChange.VANISHED) {
            LOG.error(
                    "source {}: {} has vanished before all of it was stored: {} of {} bytes were sent. Put the rest of"
                            + " its lines into a new file to send them",
                    settings.name(),
                    PathText.shown(file.path()),
                    sent,
                    file.size());
            return;
        }
        LOG.error(
                "source {}: {} {} after it was picked up with {} bytes; {} bytes of it were sent and stay valid. It is"
                        + " set aside with the suffix {}. Put what is missing into a new file, and move files into the"
                        + " spool directory only when they are complete",
                settings.name(),
                PathText.shown(file.path()),
                change.text(),
                file.size(),
                sent,
                settings.failedSuffix());
        tryToSetAside(file.path());
    }

    /** Whether {@code path} is a failed file that still has its old name. */
    boolean isToBeSetAside(Path path) {
        return stillToSetAside.contains(path);
    }

    /** Number of failed files that still have their old names. */
    int toBeSetAside() {
        return stillToSetAside.size();
    }

    /** True when the file needs nothing more but that its directory is forced to disk. */
    private boolean settle(FileInHand file) {
        boolean settled = attempt(file.path(), () -> settleOnce(file));
        if (settled) {
            moved.add(file.ordinal());
        }
        return settled;
    }

    private void settleOnce(FileInHand file) throws IOException {
        Optional<FileChange> change = changeOf(file);
        if (change.isEmpty()) {
            complete(file.path());
            return;
        }
        boolean renamedBeforeTheCrash = change.get() == FileChange.VANISHED || change.get() == FileChange.REPLACED;
        if (restored.contains(file.ordinal()) && renamedBeforeTheCrash) {
            return;
        }
        giveUp(file, change.get(), file.size());
    }

    private static Optional<FileChange> changeOf(FileInHand file) throws IOException {
        try {
            FileStat.requireUnchanged(file.path(), file.identity());
            return Optional.empty();
        } catch (FileChangedException e) {
            return Optional.of(e.change());
        }
    }

    private void complete(Path path) throws IOException {
        if (settings.onCompletion() == SpoolDirectorySettings.OnCompletion.DELETE) {
            Files.delete(path);
            touchedDirectories.add(path.getParent());
        } else {
            append(path, settings.completedSuffix());
        }
        meters.completed();
    }

    private boolean tryToSetAside(Path path) {
        boolean done = attempt(path, () -> {
            try {
                append(path, settings.failedSuffix());
            } catch (NoSuchFileException e) {
                LOG.info("source {}: {} is gone by now", settings.name(), PathText.shown(path));
            }
        });
        if (done) {
            stillToSetAside.remove(path);
        } else {
            stillToSetAside.add(path);
        }
        return done;
    }

    private void append(Path path, String suffix) throws IOException {
        String ending = CompletedName.freeEnding(suffix, candidate -> exists(PathText.append(path, candidate)));
        Files.move(path, PathText.append(path, ending));
        touchedDirectories.add(path.getParent());
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean forceDirectories() {
        for (Path touched : new ArrayList<>(touchedDirectories)) {
            boolean forced = attempt(touched, () -> {
                try {
                    ProgressFile.forceDirectory(touched);
                } catch (NoSuchFileException e) {
                    LOG.debug("source {}: {} is gone", settings.name(), touched);
                }
            });
            if (!forced) {
                return false;
            }
            touchedDirectories.remove(touched);
        }
        return true;
    }

    private boolean attempt(Path path, Step step) {
        try {
            step.run();
            return true;
        } catch (IOException e) {
            String reason = IoReason.of(e);
            troubles.report(
                    Troubles.Area.COMPLETION,
                    reason,
                    PathText.shown(path) + " is done with but cannot be renamed or deleted: " + reason
                            + ". It is not sent again; let the agent's user write to its directory. This and others"
                            + " are tried again");
            return false;
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
