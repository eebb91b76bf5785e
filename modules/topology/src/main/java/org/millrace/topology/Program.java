package org.millrace.topology;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/** Runs the commands that {@code bin/millrace} has for this machine: quickstart, bench and drill. */
public final class Program {
    private Program() {}

    /** Where a command keeps everything unless it is told otherwise: {@code target} of the checkout has it. */
    public static Path directory(String name) {
        return Path.of(System.getProperty("millrace.directory", "target"), name);
    }

    /** Where a command tells what goes on: nowhere where its result is for a machine. */
    public static PrintStream chat(boolean json) {
        return json ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) : System.out;
    }

    /**
     * Runs a command and ends the JVM with its exit code. A {@link CannotRunException} becomes one line.
     *
     * @param command as picocli takes it
     */
    public static void run(Object command, String[] args) {
        CommandLine commandLine = new CommandLine(command);
        commandLine.setExecutionExceptionHandler((failure, line, parsed) -> {
            if (!(failure instanceof CannotRunException)) {
                throw failure;
            }
            line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
            return line.getCommandSpec().exitCodeOnExecutionException();
        });
        System.exit(commandLine.execute(args));
    }
}
