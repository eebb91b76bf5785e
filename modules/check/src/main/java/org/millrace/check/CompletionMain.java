package org.millrace.check;

import java.util.List;
import org.millrace.agent.AgentMain;
import org.millrace.collector.CollectorMain;
import org.millrace.flume.ImportMain;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The program {@code millrace completion}: a script with which bash and zsh complete what is typed. */
public final class CompletionMain {
    /** Commands that complete no options: they have none, or run from a checkout only. */
    private static final List<String> WORDS =
            List.of("completion", "quickstart", "drill", "bench", "jmh", "help", "version");

    private CompletionMain() {}

    /** Prints the script. */
    public static void main(String[] args) {
        System.out.print(script());
        System.out.flush();
    }

    static String script() {
        CommandLine millrace = new CommandLine(CommandSpec.create().name("millrace"));
        millrace.addSubcommand("agent", AgentMain.commandLine());
        millrace.addSubcommand("collector", CollectorMain.commandLine());
        millrace.addSubcommand("check", CheckMain.commandLine());
        millrace.addSubcommand("import", ImportMain.commandLine());
        WORDS.forEach(word -> millrace.addSubcommand(word, CommandSpec.create()));
        return AutoComplete.bash("millrace", millrace);
    }
}
