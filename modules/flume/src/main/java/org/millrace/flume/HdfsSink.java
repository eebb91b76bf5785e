package org.millrace.flume;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Flume's sink {@code hdfs} as a sink of type {@code hdfs}. */
final class HdfsSink {
    private static final Pattern AUTHORITY = Pattern.compile("(hdfs://)([^/%]+)(.*)");
    private static final Map<String, String> UNITS = Map.of("second", "s", "minute", "m", "hour", "h");
    private static final long FEW_BYTES = 1024 * 1024;
    private static final long FEW_EVENTS = 1000;
    private static final long SHORT_SECONDS = 5;

    /** A key here and its value. */
    private record Taken(String key, String value) {}

    private HdfsSink() {}

    /** The property that says how large its batches are. */
    static Optional<Property> batchSize(Component sink) {
        return sink.peek("hdfs.batchSize");
    }

    /**
     * Writes the keys of one sink.
     *
     * @param hadoopConf where the Hadoop client's files lie; empty for nowhere
     */
    static void write(Component sink, Hosts hosts, String hadoopConf, HoconText out) {
        Mapping mapping = new Mapping(sink, out);
        out.put("type", "hdfs", sink.where());
        sink.required("hdfs.path")
                .ifPresent(found -> out.put("path", HoconText.quoted(path(found, hosts)), found.where()));
        if (!hadoopConf.isEmpty()) {
            out.put("hadoop-conf-directories", "[" + HoconText.quoted(hadoopConf) + "]", "--hadoop-conf");
        }
        if (sink.find("hdfs.filePrefix").isEmpty()) {
            out.comment("Flume's default.");
            out.put("file-prefix", "FlumeData", sink.where());
        }
        mapping.text("hdfs.filePrefix", "file-prefix");
        mapping.text("hdfs.fileSuffix", "file-suffix");
        mapping.text("hdfs.inUseSuffix", "in-use-suffix");
        mapping.text("hdfs.timeZone", "time-zone");
        timestamp(sink, out);
        roundDown(sink, out);
        format(sink);
        rolls(sink, out);
        mapping.number("hdfs.idleTimeout", "idle-close", 0, "s");
        mapping.number("hdfs.maxOpenFiles", "max-open-files", 1, "");
        sink.finish();
    }

    private static String path(Property found, Hosts hosts) {
        Matcher matcher = AUTHORITY.matcher(found.value());
        return matcher.matches()
                ? matcher.group(1) + hosts.resolveHostAndPort(matcher.group(2), found) + matcher.group(3)
                : found.value();
    }

    private static void timestamp(Component sink, HoconText out) {
        Optional<Property> local = sink.find("hdfs.useLocalTimeStamp");
        if (local.isEmpty()) {
            out.comment("Flume's default: time escapes are told by the header \"timestamp\".");
        }
        boolean isLocal = local.flatMap(sink::bool).orElse(false);
        out.put(
                "timestamp",
                isLocal ? "local" : "header",
                local.map(Property::where).orElse(sink.where()));
    }

    /** Flume rounds to one second where only {@code hdfs.round} is set. */
    private static void roundDown(Component sink, HoconText out) {
        Optional<Property> round = sink.find("hdfs.round");
        Optional<Property> value = sink.find("hdfs.roundValue");
        Optional<Property> unit = sink.find("hdfs.roundUnit");
        if (!round.flatMap(sink::bool).orElse(false)) {
            Stream.of(value, unit)
                    .flatMap(Optional::stream)
                    .forEach(found -> sink.findings().notice(found, "", "not needed where hdfs.round is not true"));
            return;
        }
        long number = value.flatMap(found -> sink.number(found, 1)).orElse(1L);
        String word = unit.map(found -> found.value().toLowerCase(Locale.ROOT)).orElse("second");
        if (!UNITS.containsKey(word)) {
            sink.findings().problem(unit.get(), "must be second, minute or hour, is '" + word + "'");
            return;
        }
        out.put(
                "round-down",
                number + " " + UNITS.get(word),
                value.or(() -> round).map(Property::where).orElse(sink.where()));
    }

    /** The census knows which values are right; a missing one is Flume's default, which is not. */
    private static void format(Component sink) {
        if (sink.peek("hdfs.fileType").isEmpty()) {
            sink.findings()
                    .problem(
                            sink.where(),
                            sink.path() + ".hdfs.fileType",
                            "is missing, and Flume's default, SequenceFile, is not supported yet; write DataStream for"
                                    + " text, one line an event");
        }
    }

    private static void rolls(Component sink, HoconText out) {
        Optional<Property> interval = sink.find("hdfs.rollInterval");
        Optional<Property> size = sink.find("hdfs.rollSize");
        Optional<Property> count = sink.find("hdfs.rollCount");
        if (interval.isEmpty()) {
            out.comment("Flume's default.");
            out.put("roll-interval", "30 s", sink.where());
        }
        roll(sink, interval, "roll-interval", "s", SHORT_SECONDS, out);
        replaced(sink, size, "hdfs.rollSize", "1024 bytes", new Taken("roll-size", "128 MiB"), out);
        roll(sink, size, "roll-size", "B", FEW_BYTES, out);
        replaced(sink, count, "hdfs.rollCount", "10 events", new Taken("roll-count", "0"), out);
        roll(sink, count, "roll-count", "", FEW_EVENTS, out);
    }

    private static void roll(
            Component sink, Optional<Property> written, String key, String unit, long small, HoconText out) {
        written.ifPresent(found -> sink.number(found, 0).ifPresent(number -> {
            if (number > 0 && number < small) {
                sink.findings()
                        .noticeOfImport(new Notice(
                                found.where(),
                                found.key(),
                                found.shown(),
                                key + " = " + Mapping.quantity(number, unit),
                                "it is kept as it is written, but it makes very many small files; 0 turns it off"));
                out.comment("Kept as written; it makes very many small files.");
            }
            out.put(key, Mapping.quantity(number, unit), found.where());
        }));
    }

    private static void replaced(
            Component sink, Optional<Property> written, String name, String flumes, Taken taken, HoconText out) {
        if (written.isEmpty()) {
            String why = "Flume's default of " + flumes + " would make a new file every few events";
            sink.findings()
                    .notice(new Notice(
                            sink.where(), sink.path() + "." + name, "", taken.key() + " = " + taken.value(), why));
            out.comment(why + ".");
            out.put(taken.key(), taken.value(), sink.where());
        }
    }
}
