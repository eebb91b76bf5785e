package org.millrace.flume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program {@code millrace import}. */
@Command(
        name = "millrace import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes one agent of a Flume properties file as a configuration of Millrace. What is not taken as"
                + " written there is a warning; a mistake ends it with 2, and nothing is written.")
public final class ImportMain implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the Flume properties file")
    private Path file;

    @Mixin
    private FlumeOptions flume;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "agent or collector; otherwise what has an Avro source is a collector")
    private FlumeKind kind;

    @Option(names = "--output", paramLabel = "FILE", description = "a new file for the result; otherwise it is printed")
    private Path output;

    private ImportMain() {}

    /** Writes the configuration and ends the JVM. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Its options, for who completes or documents them. */
    public static CommandLine commandLine() {
        return new CommandLine(new ImportMain()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() {
        Translation translation = flume.translate(file, Optional.ofNullable(kind));
        translation.noticesOfImport().forEach(notice -> System.err.println("warning: " + notice));
        if (!translation.problems().isEmpty()) {
            translation.problems().forEach(problem -> System.err.println("error: " + problem));
            System.err.println(file + ": " + translation.problems().size() + " mistake(s); nothing was written");
            return 2;
        }
        return output == null ? print(translation.text()) : write(translation.text());
    }

    private static int print(String text) {
        System.out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        return 0;
    }

    private int write(String text) {
        try {
            Files.writeString(output, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return 0;
        } catch (FileAlreadyExistsException e) {
            System.err.println("error: " + output + " is there already; remove it or name another");
            return 2;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + output, e);
        }
    }
}
