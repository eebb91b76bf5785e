package org.millrace.source.spool;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps a source as a whole from working at the moment. Each area says so once when its
 * trouble begins or becomes another, and once when it is over, however often it is tried in
 * between. Reported by the source's thread; {@link #isOk} may be asked by any.
 */
final class Troubles {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectorySource.class);

    enum Area {
        /** Finding files. */
        DIRECTORY("the spool directory is usable again"),
        /** Renaming or deleting files that are done with. */
        COMPLETION("files that are done with can be renamed or deleted again"),
        /** Reading and writing the progress file. */
        PROGRESS("progress is written again");

        private final String over;

        Area(String over) {
            this.over = over;
        }
    }

    private final String source;
    private final Map<Area, String> current = new ConcurrentHashMap<>();

    Troubles(String source) {
        this.source = source;
    }

    /**
     * There is trouble.
     *
     * @param reason the same text as long as it is the same trouble
     * @param message what happened and what to do
     */
    void report(Area area, String reason, String message) {
        if (!reason.equals(current.put(area, reason))) {
            LOG.error("source {}: {}", source, message);
        }
    }

    /** There is none. */
    void clear(Area area) {
        if (current.remove(area) != null) {
            LOG.info("source {}: {}", source, area.over);
        }
    }

    boolean isOk(Area area) {
        return !current.containsKey(area);
    }
}
