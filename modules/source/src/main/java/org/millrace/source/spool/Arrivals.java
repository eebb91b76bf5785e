package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.millrace.flow.CountedText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether something has come into a spool directory since the last scan began. Each scan names the directories
 * that it goes through, of which {@link DirectoryNotices} tell from then on.
 *
 * <p>Not thread-safe, but for what the notices call.
 */
final class Arrivals implements DirectoryNotices.Listener, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);
    /** Of a tree with more directories, the others are only polled. */
    private static final int MOST_DIRECTORIES = 1000;

    /** @param fileKey of the directory that is told of: another one may get its name */
    private record Told(Object fileKey, DirectoryNotices.Registration registration) {
        boolean isOf(Object found) {
            return registration.isValid() && fileKey.equals(found);
        }
    }

    private final String source;
    private final NameFilter names;
    private final Optional<DirectoryNotices> notices;
    private final Runnable wake;
    private final Map<Path, Told> told = new HashMap<>();
    private final Set<Path> visited = new HashSet<>();
    private final AtomicBoolean news = new AtomicBoolean();
    private boolean complained;

    /**
     * @param names of what may come without being news
     * @param notices none where the system has none
     * @param wake called on a thread of the notices, once until the next scan begins
     */
    Arrivals(String source, NameFilter names, Optional<DirectoryNotices> notices, Runnable wake) {
        this.source = source;
        this.names = names;
        this.notices = notices;
        this.wake = wake;
    }

    @Override
    public void arrived(Optional<String> name) {
        // What comes while there is news already is no more of it.
        if (!isNews() && name.filter(this::isSkipped).isEmpty() && news.compareAndSet(false, true)) {
            wake.run();
        }
    }

    private boolean isSkipped(String name) {
        try {
            return names.skips(name);
        } catch (CountedText.TooManySteps e) {
            // The scan says so.
            return false;
        }
    }

    /** Whether something has come since the last scan began. */
    boolean isNews() {
        return news.get();
    }

    /** What has come until now is seen by the scan that begins. */
    void scanBegins() {
        news.set(false);
        visited.clear();
    }

    /** The scan is about to read a directory. */
    void visit(Path directory) {
        if (notices.isEmpty() || visited.size() >= MOST_DIRECTORIES) {
            return;
        }
        visited.add(directory);
        try {
            Object fileKey =
                    Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
            Told before = told.get(directory);
            if (before == null || !before.isOf(fileKey)) {
                end(directory);
                told.put(directory, new Told(fileKey, notices.get().listen(directory, this)));
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("source {}: nothing is told any more", source);
        } catch (FileSystemException e) {
            // It has gone or may not be read: the scan is about to say so where that matters.
            end(directory);
        } catch (IOException e) {
            complain(directory, e);
        }
    }

    private void complain(Path directory, IOException e) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "source {}: the system does not tell of new files in {} ({}); there they are looked for each"
                            + " poll-interval. On Linux, raise fs.inotify.max_user_watches to have them noticed at once",
                    source,
                    PathText.shown(directory),
                    IoReason.of(e));
        }
    }

    /** Directories that the scan did not come to are gone. */
    void scanEnds() {
        List<Path> gone =
                told.keySet().stream().filter(known -> !visited.contains(known)).toList();
        gone.forEach(this::end);
    }

    private void end(Path directory) {
        Told ended = told.remove(directory);
        if (ended != null) {
            ended.registration().close();
        }
    }

    @Override
    public void close() {
        List.copyOf(told.keySet()).forEach(this::end);
    }
}
