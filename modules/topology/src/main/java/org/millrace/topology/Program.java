package org.millrace.topology;

import picocli.CommandLine;

/** Runs the commands that {@code bin/millrace} has for this machine: quickstart, bench and drill. */
public final class Program {
    private Program() {}

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
