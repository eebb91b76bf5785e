package org.millrace.flume;

import java.util.Map;
import java.util.TreeMap;

/** Flume's source {@code spooldir} as a source of type {@code spool-directory}. */
final class SpoolSource {
    /** A character of Java, which Flume counts, has at most so many bytes in UTF-8. */
    private static final int MOST_BYTES_OF_A_CHARACTER = 3;

    private static final int SHORTEST_EVENT = 64;
    /** What {@code max-event} and {@code batch-events} may be at most. */
    private static final int LONGEST_EVENT = 1536 << 10;

    private static final int MOST_EVENTS = 10_000;

    private SpoolSource() {}

    static void write(Component source, HoconText out) {
        Mapping mapping = new Mapping(source, out);
        out.put("type", "spool-directory", source.where());
        source.required("spoolDir").ifPresent(found -> mapping.text(found, "directory"));
        mapping.text("includePattern", "include-pattern");
        mapping.text("ignorePattern", "ignore-pattern");
        mapping.bool("recursiveDirectorySearch", "recursive");
        mapping.text("fileSuffix", "completed-suffix");
        mapping.choice(
                "deletePolicy", "on-completion", new TreeMap<>(Map.of("never", "rename", "immediate", "delete")));
        mapping.bool("fileHeader", "file-header");
        mapping.text("fileHeaderKey", "file-header-key");
        if (source.find("basenameHeader").isEmpty()) {
            out.comment("Millrace's default is true.");
            out.put("basename-header", "false", source.where());
        }
        mapping.bool("basenameHeader", "basename-header");
        mapping.text("basenameHeaderKey", "basename-header-key");
        mapping.number("pollDelay", "poll-interval", 1, "ms");
        source.find("batchSize")
                .ifPresent(
                        found -> source.number(found, 1).ifPresent(events -> batchEvents(source, found, events, out)));
        source.findRenamed("deserializer.maxLineLength", "bufferMaxLineLength")
                .ifPresent(found -> source.number(found, 1).ifPresent(length -> maxEvent(source, found, length, out)));
        source.finish();
    }

    private static void batchEvents(Component source, Property found, long events, HoconText out) {
        if (events > MOST_EVENTS) {
            String why = "a batch has no more, and is cut by bytes long before";
            source.findings().notice(found, "batch-events = " + MOST_EVENTS, why);
        }
        out.put("batch-events", Long.toString(Math.min(events, MOST_EVENTS)), found.where());
    }

    private static void maxEvent(Component source, Property found, long characters, HoconText out) {
        long bytes = Math.min(LONGEST_EVENT, Math.max(SHORTEST_EVENT, characters * MOST_BYTES_OF_A_CHARACTER));
        String why = "Flume counts characters, Millrace bytes, and a character has up to three; the parts of a longer"
                + " line are numbered, none is cut off";
        source.findings().notice(found, "max-event = " + bytes + " B", why);
        out.put("max-event", bytes + " B", found.where());
    }
}
