package org.millrace.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.millrace.trial.JavaProcess;

/**
 * An agent or a collector as the process that {@code bin/millrace} becomes, with the options that the
 * script gives it. It has a directory, in which its configuration, its log and its state lie; it can
 * be started again after it ended in whatever way.
 *
 * <p>Not thread-safe, except that {@link #close()} may be called from another thread.
 */
public final class Node implements AutoCloseable {
    /** What a node is, and the script's command for it. */
    enum Kind {
        AGENT("agent"),
        COLLECTOR("collector");

        private final String command;

        Kind(String command) {
            this.command = command;
        }
    }

    private final Installation installation;
    private final Kind kind;
    private final String name;
    private final String host;
    private final int port;
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private volatile JavaProcess process;
    private volatile boolean frozen;

    Node(Installation installation, Kind kind, String name, String host, int port, Path directory) {
        this.installation = installation;
        this.kind = kind;
        this.name = name;
        this.host = host;
        this.port = port;
        this.directory = directory;
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    /** Its name in the cluster, such as {@code node01}. */
    public String name() {
        return name;
    }

    /** Its host in the cluster, such as {@code 127.0.0.1}. */
    public String host() {
        return host;
    }

    /** Its port in the cluster. */
    public int port() {
        return port;
    }

    /** Its place in the cluster, as host:port. */
    public String address() {
        return host + ":" + port;
    }

    /** Its configuration file; read at each start. */
    public Path config() {
        return directory.resolve(name + ".conf");
    }

    /** What it keeps over restarts. */
    public Path state() {
        return directory.resolve("state");
    }

    /** Its output, of all its runs. */
    public Path log() {
        return directory.resolve(name + ".log");
    }

    void configure(String hocon) {
        try {
            Files.createDirectories(directory);
            Files.writeString(config(), hocon);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config() + ": " + e.getMessage(), e);
        }
    }

    /** Sets a variable of its environment, such as {@code MILLRACE_AGENT_OPTS}, for its next start. */
    public void environment(String variable, String value) {
        environment.put(variable, value);
    }

    /** Starts it and does not wait for anything. */
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        process = JavaProcess.start(
                name,
                List.of(installation.script().toString(), kind.command, "--config", config().toString()),
                environment,
                log());
    }

    /** Whether it runs; a frozen one does. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its process id, in its last run. */
    public long pid() {
        return process.pid();
    }

    /** The most memory that it ever had resident in its last run, in bytes, where the system tells it. */
    public OptionalLong peakMemory() {
        return ProcessUse.of(pid()).peakBytes();
    }

    /** The end of its output, for a message. */
    public String logTail() {
        return process == null ? "(never started)" : process.logTail();
    }

    /** kill -9, waits for the end. */
    public void kill() {
        process.kill();
        process.close();
        frozen = false;
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.terminate();
    }

    /**
     * SIGTERM, waits for the end.
     *
     * @return the exit code
     * @throws IllegalStateException when it still runs after {@code limit}
     */
    public int stop(Duration limit) {
        terminate();
        return awaitExit(limit);
    }

    /** Waits for it to end by itself, and returns the exit code. */
    public int awaitExit(Duration limit) {
        int code = process.awaitExit(limit);
        process.close();
        return code;
    }

    /** SIGSTOP: it does nothing any more, and its connections stay open. */
    public void freeze() {
        process.freeze();
        frozen = true;
    }

    /** SIGCONT after {@link #freeze()}. */
    public void thaw() {
        process.thaw();
        frozen = false;
    }

    /** Ends it, with SIGTERM first; does nothing when it does not run. */
    @Override
    public void close() {
        JavaProcess running = process;
        if (running != null) {
            if (frozen && running.isAlive()) {
                running.thaw();
            }
            running.close();
        }
    }
}
