package org.millrace.sink.hdfs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;

/**
 * Decides in which bucket an event belongs, by its headers and the time.
 *
 * <p>A header's value only ever names something inside one path element: slashes, backslashes,
 * colons and control characters in it become underscores, and so do the dots of an element that came
 * out as {@code .} or {@code ..}. So no header leads out of the configured path, nor can it make a
 * name that HDFS refuses for ever.
 *
 * <p>Remembers its last answer, since neighbours mostly belong together. Not thread-safe.
 */
final class BucketChooser {
    /** A header of the path or prefix is absent or empty. */
    static final String MISSING_HEADER = "missing-header";
    /** The path wants the event's time, and header {@code timestamp} does not tell it. */
    static final String NO_TIMESTAMP = "no-timestamp";
    /** A name came out longer than HDFS allows. */
    static final String NAME_TOO_LONG = "name-too-long";

    static final String TIMESTAMP_HEADER = "timestamp";

    /** HDFS's own limit of a name, in bytes, unless its administrator changed it. */
    static final int LONGEST_NAME = 255;

    /** 9999-12-31T23:59:59.999Z: later years have more digits than anybody's tables. */
    private static final long LAST_MILLIS = 253402300799999L;

    private static final Pattern UNSAFE = Pattern.compile("[/\\\\:\\p{Cc}]");

    private final EscapedText directory;
    private final EscapedText prefix;
    private final ZoneId zone;
    private final RoundDown rounding;
    private final boolean timeFromHeader;
    private final int longestPrefix;
    private final boolean usesTime;
    private final boolean usesMillis;
    private final List<String> headers;

    private long lastTime;
    private List<String> lastValues;
    private Bucket lastBucket;

    /**
     * @param zone what times are told in
     * @param rounding what is done to them before
     * @param timeFromHeader whether the time is that of the event's header rather than the clock's
     * @param longestPrefix how many bytes of a file's name are left for the prefix
     */
    BucketChooser(
            EscapedText directory,
            EscapedText prefix,
            ZoneId zone,
            RoundDown rounding,
            boolean timeFromHeader,
            int longestPrefix) {
        this.directory = directory;
        this.prefix = prefix;
        this.zone = zone;
        this.rounding = rounding;
        this.longestPrefix = longestPrefix;
        this.usesTime = directory.hasTime() || prefix.hasTime();
        this.usesMillis = directory.hasMillis() || prefix.hasMillis();
        this.timeFromHeader = timeFromHeader && usesTime;
        Set<String> needed = new LinkedHashSet<>(directory.headers());
        needed.addAll(prefix.headers());
        this.headers = List.copyOf(needed);
    }

    /** The end (exclusive) of the events from {@code from} on that surely share its bucket. */
    int endOfRun(EventBatch batch, int from) {
        if (headers.isEmpty() && !timeFromHeader) {
            return batch.size();
        }
        int end = from + 1;
        while (end < batch.size() && alike(batch, from, end)) {
            end++;
        }
        return end;
    }

    private boolean alike(EventBatch batch, int one, int other) {
        if (batch.ownHeaders(one).isEmpty() && batch.ownHeaders(other).isEmpty()) {
            return true;
        }
        for (String header : headers) {
            if (!Objects.equals(batch.header(one, header), batch.header(other, header))) {
                return false;
            }
        }
        return !timeFromHeader
                || Objects.equals(batch.header(one, TIMESTAMP_HEADER), batch.header(other, TIMESTAMP_HEADER));
    }

    /**
     * The bucket of one event.
     *
     * @param now the time, unless the event's header tells it
     * @throws UnstorableException when the event lacks what the path needs
     */
    Bucket choose(EventBatch batch, int index, Instant now) throws UnstorableException {
        long millis = timeFromHeader ? timestamp(batch.header(index, TIMESTAMP_HEADER)) : now.toEpochMilli();
        long time = !usesTime ? 0 : usesMillis ? millis : Math.floorDiv(millis, 1000L);
        List<String> values = new ArrayList<>(headers.size());
        for (String header : headers) {
            values.add(batch.header(index, header));
        }
        if (lastBucket == null || time != lastTime || !values.equals(lastValues)) {
            lastBucket = resolve(millis, values);
            lastTime = time;
            lastValues = values;
        }
        return lastBucket;
    }

    private Bucket resolve(long millis, List<String> values) throws UnstorableException {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null || values.get(i).isEmpty()) {
                throw new UnstorableException(
                        MISSING_HEADER,
                        "the path needs header '" + headers.get(i) + "', which the event does not have");
            }
        }
        var time = rounding.apply(Instant.ofEpochMilli(millis).atZone(zone));
        String path = directory.resolve(time, name -> tame(values.get(headers.indexOf(name))));
        StringBuilder safe = new StringBuilder();
        for (String element : path.substring(1).split("/", -1)) {
            safe.append('/').append(element.equals(".") || element.equals("..") ? element.replace('.', '_') : element);
            checkLength(element, LONGEST_NAME, "a directory");
        }
        String start = prefix.resolve(time, name -> tame(values.get(headers.indexOf(name))));
        checkLength(start, longestPrefix, "the file's prefix");
        return new Bucket(safe.toString(), start);
    }

    private static void checkLength(String name, int limit, String what) throws UnstorableException {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > limit) {
            throw new UnstorableException(
                    NAME_TOO_LONG, what + " would be named with " + length + " bytes, of " + limit + " at most");
        }
    }

    private static String tame(String value) {
        return UNSAFE.matcher(value).replaceAll("_");
    }

    private static long timestamp(String header) throws UnstorableException {
        if (header == null) {
            throw new UnstorableException(
                    NO_TIMESTAMP, "the path needs the event's time, and it has no header 'timestamp'");
        }
        try {
            long millis = Long.parseLong(header.trim());
            if (millis >= 0 && millis <= LAST_MILLIS) {
                return millis;
            }
        } catch (NumberFormatException noNumber) {
            // Answered below, as a number out of range is.
        }
        throw new UnstorableException(
                NO_TIMESTAMP, "header 'timestamp' is no time in milliseconds since 1970: '" + header + "'");
    }
}
