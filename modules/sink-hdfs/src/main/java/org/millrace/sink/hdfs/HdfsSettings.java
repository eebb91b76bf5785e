package org.millrace.sink.hdfs;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Syncable;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.SinkSettings;

/**
 * How an HDFS sink is configured.
 *
 * @param sink what every sink is configured with
 * @param fileSystem scheme and authority, such as {@code hdfs://mycluster} or {@code file://}
 * @param directory where files go: an absolute path with escapes, without scheme and authority
 * @param filePrefix how their names start, with escapes
 * @param fileSuffix how the names of closed files end
 * @param inUseSuffix added to that while a file is written
 * @param timeZone what the time escapes are told in
 * @param timestamp which time they tell
 * @param roundDown the beginnings of stretches of this length are all that they tell; zero for every time
 * @param sync when events count as stored
 * @param roll when files are closed
 * @param maxOpenFiles how many files are open at most; one more closes the least recently written
 * @param maxFlushBytes how many bytes of batches go under one flush
 * @param probeTimeout how long the file system may take to answer a probe
 * @param hadoopConfDirectories where {@code core-site.xml} and {@code hdfs-site.xml} lie
 * @param hadoop properties for the Hadoop client, which win over everything else
 */
public record HdfsSettings(
        SinkSettings sink,
        String fileSystem,
        String directory,
        String filePrefix,
        String fileSuffix,
        String inUseSuffix,
        ZoneId timeZone,
        Timestamp timestamp,
        Duration roundDown,
        Sync sync,
        RollPolicy roll,
        int maxOpenFiles,
        long maxFlushBytes,
        Duration probeTimeout,
        List<Path> hadoopConfDirectories,
        Map<String, String> hadoop) {
    /** Which time the escapes tell. */
    public enum Timestamp {
        /** The collector's clock when the event is written. */
        LOCAL,
        /** The event's header {@code timestamp}, in milliseconds since 1970. */
        HEADER
    }

    /** How events are written: there is one way so far. */
    private enum Format {
        /** The body and a line end. */
        TEXT
    }

    /** When events count as stored. */
    public enum Sync {
        /** When all DataNodes of the block have them in memory: they survive any process's death. */
        HFLUSH {
            @Override
            public void flush(Syncable out) throws IOException {
                out.hflush();
            }
        },
        /** When all DataNodes of the block have them on disk: they survive a power cut. */
        HSYNC {
            @Override
            public void flush(Syncable out) throws IOException {
                out.hsync();
            }
        };

        /** Everything written to {@code out} so far is as safe as this says when it returns. Blocks. */
        public abstract void flush(Syncable out) throws IOException;
    }

    private static final Pattern LOCATION = Pattern.compile("((?:hdfs|file)://[^/%]*)(/.*)");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(hdfs://)([^:]+):\\d+");
    private static final long FEW_BYTES = 1024 * 1024;
    private static final long FEW_EVENTS = 1000;
    private static final Duration SHORT = Duration.ofSeconds(5);

    /**
     * Reads the whole section of one sink, the common keys of every sink included.
     *
     * @param section with the keys of {@code millrace.sink.hdfs} and {@code millrace.sink.defaults}
     * @param reference the configuration that has those defaults
     */
    public static HdfsSettings from(ConfigSection section, Config reference) {
        ConfigSection complete = section.withDefaults(SinkSettings.defaults(reference, "hdfs"));
        Matcher location = LOCATION.matcher(complete.string("path"));
        boolean located = location.matches();
        if (!located && complete.has("path")) {
            complete.problem(
                    "path",
                    "must begin with hdfs:// or file:// and name an absolute directory, such as"
                            + " hdfs://namenode:8020/logs/%Y-%m-%d");
        }
        String inUseSuffix = complete.string("in-use-suffix");
        List<Path> hadoopConf = confDirectories(complete);
        Map<String, String> hadoop = complete.properties("hadoop");
        HdfsSettings settings = new HdfsSettings(
                SinkSettings.from(complete),
                located ? withoutPortOfNameService(complete, location.group(1), hadoopConf, hadoop) : "file://",
                located ? directory(complete, location.group(2)) : "/",
                prefix(complete),
                nameEnd(
                        complete,
                        "file-suffix",
                        complete.optionalString("file-suffix").orElse("")),
                nameEnd(complete, "in-use-suffix", inUseSuffix),
                zone(complete),
                complete.oneOf("timestamp", Timestamp.class),
                roundDown(complete),
                complete.oneOf("sync", Sync.class),
                roll(complete),
                complete.integer("max-open-files", 1, 10_000),
                complete.bytes("max-flush-bytes", 1, 1L << 30),
                complete.duration("probe-timeout", Duration.ofMillis(100)),
                hadoopConf,
                hadoop);
        complete.oneOf("format", Format.class);
        complete.rejectUnknownKeys();
        return settings;
    }

    private static String directory(ConfigSection section, String written) {
        EscapedText path = escapes(section, "path", written, "/");
        String shape = path.shape('x');
        String trimmed = shape.endsWith("/") ? shape.substring(0, shape.length() - 1) : shape;
        for (String element :
                trimmed.isEmpty() ? new String[0] : trimmed.substring(1).split("/", -1)) {
            if (element.isEmpty() || element.equals(".") || element.equals("..") || element.contains(":")) {
                section.problem("path", "has the element '" + element + "', which HDFS does not allow in a path");
            }
        }
        return written.length() > 1 && written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    }

    private static String prefix(ConfigSection section) {
        String written = section.string("file-prefix");
        return nameEnd(
                section,
                "file-prefix",
                escapes(section, "file-prefix", written, "x").shape('x'),
                written);
    }

    private static String nameEnd(ConfigSection section, String key, String text) {
        return nameEnd(section, key, text, text);
    }

    private static String nameEnd(ConfigSection section, String key, String shape, String text) {
        if (shape.contains("/") || shape.contains(":")) {
            section.problem(key, "is part of a file's name and must not have slashes or colons");
        }
        return text;
    }

    private static EscapedText escapes(ConfigSection section, String key, String written, String placeholder) {
        try {
            return EscapedText.parse(written, UnaryOperator.identity());
        } catch (IllegalArgumentException e) {
            section.problem(key, e.getMessage());
            return EscapedText.parse(placeholder, UnaryOperator.identity());
        }
    }

    private static ZoneId zone(ConfigSection section) {
        String written = section.string("time-zone");
        try {
            return written.isEmpty() || written.equals("system") ? ZoneId.systemDefault() : ZoneId.of(written);
        } catch (DateTimeException e) {
            section.problem(
                    "time-zone", "'" + written + "' is no time zone; write such as Europe/Berlin, UTC or system");
            return ZoneId.systemDefault();
        }
    }

    private static Duration roundDown(ConfigSection section) {
        Duration stretch = section.duration("round-down", Duration.ZERO);
        if (RoundDown.isPossible(stretch)) {
            return stretch;
        }
        section.problem("round-down", "must be 1 s to 59 s, 1 m to 59 m, 1 h to 24 h, or 0 s, without a fraction");
        return Duration.ZERO;
    }

    private static RollPolicy roll(ConfigSection section) {
        RollPolicy roll = new RollPolicy(
                section.bytes("roll-size", 0, Long.MAX_VALUE),
                section.longInteger("roll-count", 0, Long.MAX_VALUE),
                section.duration("roll-interval", Duration.ZERO),
                section.duration("idle-close", Duration.ZERO));
        if (roll.equals(new RollPolicy(0, 0, Duration.ZERO, Duration.ZERO))) {
            section.problem(
                    "roll-size",
                    "is 0, and so are roll-count, roll-interval and idle-close: no file would ever be closed");
        }
        noticeSmallFiles(section, roll);
        return roll;
    }

    private static void noticeSmallFiles(ConfigSection section, RollPolicy roll) {
        if (roll.bytes() > 0 && roll.bytes() < FEW_BYTES) {
            noticeSmallFiles(section, "roll-size", roll.bytes() + " bytes");
        }
        if (roll.events() > 0 && roll.events() < FEW_EVENTS) {
            noticeSmallFiles(section, "roll-count", roll.events() + " events");
        }
        if (!roll.interval().isZero() && roll.interval().compareTo(SHORT) < 0) {
            noticeSmallFiles(section, "roll-interval", roll.interval().toMillis() + " ms");
        }
    }

    private static void noticeSmallFiles(ConfigSection section, String key, String limit) {
        section.notice(
                key, limit + " is kept as it is written, but it makes very many small files; 0 turns this limit off");
    }

    /** A port there is what Hadoop's own client refuses, and Flume's users have often written. */
    private static String withoutPortOfNameService(
            ConfigSection section, String fileSystem, List<Path> hadoopConf, Map<String, String> hadoop) {
        Matcher address = HOST_AND_PORT.matcher(fileSystem);
        if (!address.matches() || !HadoopClient.isNameService(address.group(2), hadoopConf, hadoop)) {
            return fileSystem;
        }
        String portless = address.group(1) + address.group(2);
        section.notice(
                "path",
                "'" + fileSystem + "' is taken as '" + portless + "': " + address.group(2)
                        + " is a name service (dfs.nameservices of the Hadoop configuration), which has no port");
        return portless;
    }

    private static List<Path> confDirectories(ConfigSection section) {
        List<Path> directories = section.paths("hadoop-conf-directories");
        for (Path directory : directories) {
            boolean any = HadoopClient.SITE_FILES.stream().anyMatch(file -> Files.isReadable(directory.resolve(file)));
            if (!any) {
                section.problem(
                        "hadoop-conf-directories",
                        "has " + directory + ", where there is no " + String.join(" or ", HadoopClient.SITE_FILES));
            }
        }
        return directories;
    }
}
