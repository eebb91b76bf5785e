package org.millrace.trial;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * A real Flume node in a process of its own, as a peer for tests. It runs the agent called {@code a1} of a
 * properties file; what that keeps, such as a file channel, is best kept in the node's directory. Its
 * output is appended to {@code flume.log} there.
 *
 * <p>Not thread-safe. Closing it ends the process.
 */
public final class FlumeNode extends ServerProcess {
    private static final String AGENT = "a1";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final String classPath;
    private final Path configuration;
    private final List<String> startedLines;
    private final Path log;

    private FlumeNode(Path lib, Path directory, List<String> startedLines) {
        super(STOP_LIMIT);
        this.classPath = lib.toAbsolutePath() + "/*";
        this.configuration = directory.resolve("flume.properties").toAbsolutePath();
        this.startedLines = startedLines;
        this.log = directory.resolve("flume.log");
    }

    /**
     * Starts a node and waits until all its sources and sinks have started.
     *
     * @param lib the directory of Flume's jars
     * @param directory made if it is not there; gets the properties and the log
     * @param properties the text of Flume's file; its keys begin with {@code a1.}
     * @throws IllegalStateException when a component does not start; the message has the last output
     */
    public static FlumeNode start(Path lib, Path directory, String properties) {
        if (!Files.isDirectory(lib)) {
            throw new IllegalStateException("no Flume in " + lib + ": build modules/flume-server first");
        }
        try {
            Properties parsed = new Properties();
            parsed.load(new StringReader(properties));
            List<String> startedLines = new ArrayList<>();
            startedLines.addAll(startedLines(parsed, "source"));
            startedLines.addAll(startedLines(parsed, "sink"));
            FlumeNode node = new FlumeNode(lib, directory, startedLines);
            Files.createDirectories(directory);
            Files.writeString(node.configuration, properties);
            node.start();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
    }

    /** What Flume logs when a component's counters run, which is the last thing that its start does. */
    private static List<String> startedLines(Properties properties, String kind) {
        return List.of(properties
                        .getProperty(AGENT + "." + kind + "s", "")
                        .strip()
                        .split("\\s+", -1))
                .stream()
                .filter(name -> !name.isEmpty())
                .map(name -> "Component type: " + kind.toUpperCase(Locale.ROOT) + ", name: " + name + " started")
                .toList();
    }

    /** Starts it again after {@link #stop()} or {@link #kill()}; waits until its components have started. */
    public void start() {
        requireEnded("the node");
        long before = log.toFile().length();
        JavaProcess process = runs(JavaProcess.start(
                "flume",
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-Djava.net.preferIPv4Stack=true"),
                classPath,
                "org.apache.flume.node.Application",
                List.of("--name", AGENT, "--conf-file", configuration.toString(), "--no-reload-conf"),
                log));
        process.awaitOutput(output -> startedLines.stream().allMatch(output::contains), before, START_LIMIT);
    }

    /** Its output so far. */
    public Path log() {
        return log;
    }
}
