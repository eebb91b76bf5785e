package org.millrace.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A real Kafka: one KRaft node, broker and controller in one process, on the loopback address. Everything it
 * keeps lies in its state directory, so that a server that was stopped or killed, or another one
 * with the same directory, goes on with the same topics. Its output is appended to {@code kafka.log}
 * there.
 *
 * <p>Not thread-safe. Closing it ends the process.
 */
public final class KafkaServer extends ServerProcess {
    private static final String HOST = "127.0.0.1";
    private static final String STARTED = "Kafka Server started";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    /** Any id serves: there is one node, and it formats its directory for itself. */
    private static final String CLUSTER_ID = "bWlsbHJhY2UtdHJpYWwtMA";

    private final String classPath;
    private final Path state;
    private final String host;
    private final int port;
    private final Path propertiesFile;
    private final Path loggingFile;
    private final Path log;

    private KafkaServer(Path lib, Path state, String host, int port) {
        super(STOP_LIMIT);
        this.classPath = lib.toAbsolutePath() + "/*";
        this.state = state.toAbsolutePath();
        this.host = host;
        this.port = port;
        this.propertiesFile = this.state.resolve("server.properties");
        this.loggingFile = this.state.resolve("log4j.properties");
        this.log = this.state.resolve("kafka.log");
    }

    /** As {@link #start(Path, Path, int, int, Map)}, on free ports and without further properties. */
    public static KafkaServer start(Path lib, Path state) {
        return start(lib, state, 0, 0, Map.of());
    }

    /** As {@link #start(Path, Path, String, int, int, Map)}, on 127.0.0.1. */
    public static KafkaServer start(
            Path lib, Path state, int port, int controllerPort, Map<String, String> properties) {
        return start(lib, state, HOST, port, controllerPort, properties);
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param lib the directory of the broker's jars
     * @param state where it keeps its topics; formatted if it is new
     * @param host a loopback address
     * @param port where clients connect; 0 for a free one
     * @param controllerPort where the broker meets its own controller; 0 for a free one
     * @param properties broker properties, such as {@code message.max.bytes}, that win over ours
     * @throws IllegalStateException when it does not start; the message has its last output
     */
    public static KafkaServer start(
            Path lib, Path state, String host, int port, int controllerPort, Map<String, String> properties) {
        if (!Files.isDirectory(lib)) {
            throw new IllegalStateException("no Kafka in " + lib + ": build modules/kafka-server first");
        }
        List<Integer> free = FreePorts.take(2);
        KafkaServer server = new KafkaServer(lib, state, host, port == 0 ? free.get(0) : port);
        server.configure(controllerPort == 0 ? free.get(1) : controllerPort, properties);
        server.format();
        server.start();
        return server;
    }

    private void configure(int controllerPort, Map<String, String> properties) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@" + host + ":" + controllerPort);
        all.put("listeners", "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + host + ":" + controllerPort);
        all.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers());
        all.put("controller.listener.names", "CONTROLLER");
        all.put("log.dirs", state.resolve("data").toString());
        all.put("num.partitions", "1");
        all.put("offsets.topic.num.partitions", "1");
        all.put("offsets.topic.replication.factor", "1");
        all.put("transaction.state.log.num.partitions", "1");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        // A broker that was killed may register again only when its old session has ended.
        all.put("broker.heartbeat.interval.ms", "300");
        all.put("broker.session.timeout.ms", "1500");
        all.putAll(properties);
        write(propertiesFile, all);
        write(
                loggingFile,
                Map.of(
                        "log4j.rootLogger", "INFO, stdout",
                        "log4j.appender.stdout", "org.apache.log4j.ConsoleAppender",
                        "log4j.appender.stdout.layout", "org.apache.log4j.PatternLayout",
                        "log4j.appender.stdout.layout.ConversionPattern", "%d %p %c: %m%n"));
    }

    private static void write(Path file, Map<String, String> entries) {
        Properties properties = new Properties();
        properties.putAll(entries);
        try {
            Files.createDirectories(file.getParent());
            try (Writer out = Files.newBufferedWriter(file)) {
                properties.store(out, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private void format() {
        if (Files.exists(state.resolve("data").resolve("meta.properties"))) {
            return;
        }
        List<String> arguments = List.of("format", "-t", CLUSTER_ID, "-c", propertiesFile.toString());
        try (JavaProcess tool = launch("kafka-format", "kafka.tools.StorageTool", arguments)) {
            int exit = tool.awaitExit(START_LIMIT);
            if (exit != 0) {
                throw new IllegalStateException("Kafka cannot format " + state + ":\n" + tool.logTail());
            }
        }
    }

    private JavaProcess launch(String name, String mainClass, List<String> arguments) {
        return JavaProcess.start(
                name,
                List.of(
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Dlog4j.configuration=" + loggingFile.toUri()),
                classPath,
                mainClass,
                arguments,
                log);
    }

    /** Where clients connect, as {@code host:port}. */
    public String bootstrapServers() {
        return host + ":" + port;
    }

    /** Starts it again after {@link #stop()} or {@link #kill()}, on the same port; waits until it answers. */
    public void start() {
        requireEnded("Kafka in " + state);
        long before = log.toFile().length();
        JavaProcess process = runs(launch("kafka", "kafka.Kafka", List.of(propertiesFile.toString())));
        // The last line comes when the broker is registered and serves.
        process.awaitOutput(output -> output.contains(STARTED), before, START_LIMIT);
    }
}
