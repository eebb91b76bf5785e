package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
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

    /** @param inode of the directory that is told of: another one may get its name */
    private record Told(long inode, Closeable notices) {}

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
        if (name.filter(this::isSkipped).isEmpty() && news.compareAndSet(false, true)) {
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
            long inode = FileStat.of(directory).identity().inode();
            Told before = told.get(directory);
            if (before == null || before.inode() != inode) {
                end(directory);
                told.put(directory, new Told(inode, notices.get().listen(directory, this)));
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("source {}: the actor system ends", source);
        } catch (IOException e) {
            end(directory);
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
        Set.copyOf(told.keySet()).stream()
                .filter(directory -> !visited.contains(directory))
                .forEach(this::end);
    }

    private void end(Path directory) {
        Told ended = told.remove(directory);
        if (ended != null) {
            try {
                ended.notices().close();
            } catch (IOException e) {
                LOG.warn("source {}: cannot end the notices of {}: {}", source, directory, IoReason.of(e));
            }
        }
    }

    @Override
    public void close() {
        Set.copyOf(told.keySet()).forEach(this::end);
    }
}
