package org.millrace.topology;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The programs {@code millrace quickstart} and {@code millrace bench}, as {@code bin/millrace} runs them. */
@Command(
        name = "millrace",
        subcommands = {Quickstart.class, Bench.class})
public final class TopologyMain {
    private TopologyMain() {}

    /** Runs the program that the first argument names, and ends the JVM with its exit code. */
    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new TopologyMain());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!(failure instanceof CannotRunException)) {
                throw failure;
            }
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
            return command.getCommandSpec().exitCodeOnExecutionException();
        });
        System.exit(commandLine.execute(args));
    }
}
