package org.millrace.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.trial.JavaProcess;

/** A run of {@code bin/millrace}, from wherever it is named, with all its output in a file. */
final class Script {
    /** What a run left. */
    record Result(int exitCode, String output) {}

    private final Path script;
    private final Path log;
    private final Map<String, String> environment = new HashMap<>(Map.of("JAVA_HOME", System.getProperty("java.home")));

    Script(Path script, Path log) {
        this.script = script;
        this.log = log;
    }

    /** Sets a variable of its environment. */
    Script with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it; it is the caller's to end. */
    JavaProcess start(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(List.of(arguments));
        return JavaProcess.start("millrace", command, environment, log);
    }

    /** Its output so far. */
    String output() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** Runs it to its end. */
    Result run(Duration limit, String... arguments) {
        try (JavaProcess process = start(arguments)) {
            return new Result(process.awaitExit(limit), output());
        }
    }
}
