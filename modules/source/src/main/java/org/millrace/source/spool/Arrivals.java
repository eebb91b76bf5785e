package org.millrace.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.millrace.flow.CountedText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether something has come into a spool directory since the last scan began, and what came last. Each scan names the directories
 * that it goes through, of which {@link DirectoryNotices} tell from then on.
 *
 * <p>Not thread-safe, but for what the notices call.
 */
final class Arrivals implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);
    /** Of a tree with more directories, the others are only polled. */
    private static final int MOST_DIRECTORIES = 1000;
    /** Before the system is asked again after it would not tell of a directory. */
    private static final Duration REFUSED_FOR = Duration.ofMinutes(1);

    /** What is mounted when it is first used shows its own type only behind that of the automounter. */
    private static final Pattern REMOTE = Pattern.compile("nfs.*|cifs|smb.*|fuse.*|9p|afs|autofs|ceph|glusterfs|lustre"
            + "|beegfs|gpfs|gfs2|ocfs2|virtiofs|vboxsf|vmhgfs|prl_fs");

    /**
     * @param fileKey of the directory that is told of: another one may get its name
     * @param registration none where the system is not asked
     */
    private record Told(Object fileKey, Optional<DirectoryNotices.Registration> registration) {
        boolean isOf(Object found) {
            return registration.map(DirectoryNotices.Registration::isValid).orElse(true) && fileKey.equals(found);
        }
    }

    /** @param last what was named last; empty when it was not named */
    private record News(Optional<Path> last) {}

    private final String source;
    private final boolean recursive;
    private final NameFilter names;
    private final Optional<DirectoryNotices> notices;
    private final InstantSource clock;
    private final Runnable wake;
    private final Map<Path, Told> told = new HashMap<>();
    private final Set<Path> visited = new HashSet<>();
    /** Null without news. */
    private final AtomicReference<News> news = new AtomicReference<>();

    private Pause refused = new Pause(Instant.EPOCH, REFUSED_FOR);
    private boolean complained;

    /**
     * @param names of what may come without being news
     * @param notices none where the system has none
     * @param clock for when to ask again what was refused
     * @param wake called on a thread of the notices, once until the next scan begins
     */
    Arrivals(
            SpoolDirectorySettings settings,
            NameFilter names,
            Optional<DirectoryNotices> notices,
            InstantSource clock,
            Runnable wake) {
        this.source = settings.name();
        this.recursive = settings.recursive();
        this.names = names;
        this.notices = notices;
        this.clock = clock;
        this.wake = wake;
    }

    /** Something has come into a directory; see {@link DirectoryNotices.Listener}. */
    void arrived(Path directory, Optional<Path> name) {
        News before = news.get();
        if (before != null && before.last().isEmpty()) {
            // What is not known by its name stays so until the next scan.
            return;
        }
        try {
            if (name.map(Path::toString).filter(this::isNothing).isEmpty()) {
                tell(new News(name.map(directory::resolve)));
            }
        } catch (CountedText.TooManySteps e) {
            // The scan says so. To match more names now would hold up all who are told.
            tell(new News(Optional.empty()));
        }
    }

    private void tell(News latest) {
        // What comes while there is news already wakes nobody.
        if (news.getAndSet(latest) == null) {
            wake.run();
        }
    }

    /** Whether nothing of that name is ever picked up or looked into. */
    private boolean isNothing(String name) {
        return names.skips(name) || (!recursive && !names.includes(name));
    }

    /** Whether something has come since the last scan began. */
    boolean isNews() {
        return news.get() != null;
    }

    /**
     * What has come until now is seen by the scan that begins.
     *
     * @return the last of it, if its name was told
     */
    Optional<Path> scanBegins() {
        visited.clear();
        News seen = news.getAndSet(null);
        return seen == null ? Optional.empty() : seen.last();
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
            if (before != null && before.isOf(fileKey)) {
                return;
            }
            end(directory);
            if (refused.left(clock.instant()).isZero()) {
                Optional<DirectoryNotices.Registration> registration = isRemote(directory)
                        ? Optional.empty()
                        : Optional.of(notices.get().listen(directory, name -> arrived(directory, name)));
                told.put(directory, new Told(fileKey, registration));
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("source {}: nothing is told any more", source);
        } catch (FileSystemException e) {
            // It has gone or may not be read: the scan is about to say so where that matters.
            end(directory);
        } catch (IOException e) {
            refused = new Pause(clock.instant(), REFUSED_FOR);
            complain(directory, e);
        }
    }

    private static boolean isRemote(Path directory) {
        try {
            return isRemote(Files.getFileStore(directory).type());
        } catch (IOException unknown) {
            return false;
        }
    }

    /**
     * Whether a file system may be another machine's, which tells nothing of what others do to it. Worse, when that
     * one hangs, so does the thread on which the Java runtime asks for notices, and with it all who ask.
     *
     * @param type as Linux calls it
     */
    static boolean isRemote(String type) {
        return REMOTE.matcher(type).matches();
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
            ended.registration().ifPresent(DirectoryNotices.Registration::close);
        }
    }

    @Override
    public void close() {
        List.copyOf(told.keySet()).forEach(this::end);
    }
}
