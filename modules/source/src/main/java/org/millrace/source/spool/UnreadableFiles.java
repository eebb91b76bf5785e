package org.millrace.source.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what could not be read, so that it is said once and tried again only when something
 * about the file has changed. Bounded: beyond the limit files are tried at every scan, and one line
 * says so.
 */
final class UnreadableFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    private final String source;
    private final int limit;
    private final SpoolMeters meters;
    private final Map<Path, Known> known = new HashMap<>();
    private int scan;
    private boolean saidFull;

    private record Known(String look, int scan) {}

    UnreadableFiles(String source, int limit, SpoolMeters meters) {
        this.source = source;
        this.limit = limit;
        this.meters = meters;
    }

    /** Whether {@code path} could not be read and is the same since. */
    boolean isKnown(Path path) {
        Known before = known.get(path);
        if (before == null) {
            return false;
        }
        if (!before.look().equals(look(path))) {
            known.remove(path);
            return false;
        }
        known.put(path, new Known(before.look(), scan));
        return true;
    }

    /** {@code path} could not be read. */
    void remember(Path path, String why) {
        if (known.size() < limit) {
            known.put(path, new Known(look(path), scan));
            meters.unreadable();
            LOG.error(
                    "source {}: {} cannot be read: {}. It is left where it is and read, from its beginning, when its"
                            + " permissions, size or time have changed, or after a restart",
                    source,
                    PathText.shown(path),
                    why);
        } else if (!saidFull) {
            saidFull = true;
            LOG.error(
                    "source {}: more than {} files cannot be read; further ones are not named. Make them readable or"
                            + " move them away",
                    source,
                    limit);
        }
    }

    void scanBegins() {
        scan++;
    }

    /** Forgets what the scan did not come across. */
    void scanEnds() {
        if (known.values().removeIf(file -> file.scan() != scan)) {
            saidFull = false;
        }
    }

    private static String look(Path path) {
        try {
            return FileStat.of(path).toString();
        } catch (IOException e) {
            return lookAtLink(path);
        }
    }

    private static String lookAtLink(Path path) {
        try {
            return "link " + FileStat.ofLink(path);
        } catch (IOException e) {
            return IoReason.of(e);
        }
    }
}
