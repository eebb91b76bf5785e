package org.millrace.trial;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Java program in a process of its own, whose output goes to a log file. Ended by its process
 * handle only; closing it ends it. A shutdown hook ends whatever is still there when this JVM ends.
 *
 * <p>It does not hear Ctrl-C (SIGINT) nor the end of its terminal (SIGHUP), which the shell sends to
 * this JVM and all its children at once: who started the processes ends them, in the right order.
 */
public final class JavaProcess implements AutoCloseable {
    private static final int TAIL_LINES = 30;
    private static final Duration LOOK_EVERY = Duration.ofMillis(25);

    /** Becomes the command, which inherits that it ignores both signals. */
    private static final List<String> WITHOUT_TERMINAL =
            List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$0\" \"$@\"");

    /** What a JVM that does not live long is told; those that it starts do not live longer. */
    private static final String COMPILER_OPTION = "-XX:TieredStopAtLevel=";

    private static final Set<JavaProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static volatile Runnable orderlyEnd = () -> {};

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(JavaProcess::endAll, "end-processes"));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        RUNNING.add(this);
    }

    /**
     * When this JVM ends, {@code end} runs first, to end processes in order; those that it leaves are
     * then killed. Replaces an earlier one.
     */
    public static void atShutdown(Runnable end) {
        orderlyEnd = end;
    }

    private static void endAll() {
        try {
            orderlyEnd.run();
        } finally {
            RUNNING.forEach(left -> left.process.destroyForcibly());
        }
    }

    /**
     * Starts a program with the Java that runs this one, and with as much compilation as this one.
     *
     * @param name for messages
     * @param jvmOptions such as {@code -Xmx256m}
     * @param classPath as {@code java -cp} takes it; {@code dir/*} means all jars of a directory
     * @param log gets standard output and error, appended
     */
    public static JavaProcess start(
            String name,
            List<String> jvmOptions,
            String classPath,
            String mainClass,
            List<String> arguments,
            Path log) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith(COMPILER_OPTION))
                .forEach(command::add);
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(arguments);
        return start(name, command, Map.of(), log);
    }

    /** Starts any command that becomes the program by exec, so that its process id is the program's. */
    public static JavaProcess start(String name, List<String> command, Map<String, String> environment, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            List<String> withoutTerminal = new ArrayList<>(WITHOUT_TERMINAL);
            withoutTerminal.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(withoutTerminal)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            return new JavaProcess(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** The name it was started with. */
    public String name() {
        return name;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its output so far. */
    public Path log() {
        return log;
    }

    /** The last lines of its output, for a message. */
    public String logTail() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /**
     * Waits until what the log gained satisfies {@code wanted}.
     *
     * @param from the length that the log had before
     * @throws IllegalStateException when the process ends before, or {@code limit} passes; it is killed then
     */
    public void awaitOutput(Predicate<String> wanted, long from, Duration limit) {
        long giveUp = System.nanoTime() + limit.toNanos();
        try {
            while (!wanted.test(gained(from))) {
                if (System.nanoTime() - giveUp > 0) {
                    kill();
                    throw new IllegalStateException(
                            name + " does not start in " + limit.toSeconds() + " s:\n" + logTail());
                }
                if (process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException(name + " ended while it started, with exit code "
                            + process.exitValue() + ":\n" + logTail());
                }
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " started", e);
        }
    }

    private String gained(long from) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] gained = new byte[Math.toIntExact(file.length() - from)];
            file.seek(from);
            file.readFully(gained);
            return new String(gained, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** kill -9: the process ends at once and cleans nothing up. Waits for its end. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** SIGSTOP: the process freezes, its sockets stay open. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT after {@link #freeze()}. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " of " + name + " failed with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Waits for the process to end.
     *
     * @return its exit code
     * @throws IllegalStateException when it still runs after {@code limit}
     */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        name + " still runs after " + limit.toSeconds() + " s; last output:\n" + logTail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGTERM, and kill -9 where that does not end it within 20 s. Does nothing to an ended process. */
    @Override
    public void close() {
        terminate();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(this);
    }
}
