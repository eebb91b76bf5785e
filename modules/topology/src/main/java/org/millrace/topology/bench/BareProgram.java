package org.millrace.topology.bench;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.millrace.settings.ConfigFile;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * What the programs that measure a store alone have in common. Their arguments are the configuration of
 * a collector, whose sink has the settings to use; a place in the store; files for the warm-up; {@link
 * #MEASURED}; files that are measured. They print how long these took.
 */
final class BareProgram {
    /** Between the files for the warm-up and those that are measured. */
    static final String MEASURED = "--";

    /** Stores files, and returns when the store has acknowledged all of them. */
    @FunctionalInterface
    interface Storing {
        void store(List<Path> files) throws Exception;
    }

    private final List<String> arguments;
    private final ConfigProblems problems = new ConfigProblems();
    private final Config root;

    BareProgram(String[] arguments) {
        this.arguments = List.of(arguments);
        this.root = ConfigFile.load(Path.of(arguments[0]));
    }

    /** The configuration with all defaults. */
    Config root() {
        return root;
    }

    /** The section of a sink. */
    ConfigSection sink(String name) {
        return ConfigSection.of(root, "millrace.collector.sinks." + name, problems);
    }

    /** The place in the store. */
    String place() {
        problems.throwIfAny();
        return arguments.get(1);
    }

    void run(Storing storing) throws Exception {
        int mark = arguments.indexOf(MEASURED);
        storing.store(files(arguments.subList(2, mark).stream()));
        long start = System.nanoTime();
        storing.store(files(arguments.stream().skip(mark + 1L)));
        System.out.printf(Locale.ROOT, "took %.3f s%n", (System.nanoTime() - start) / 1e9);
    }

    private static List<Path> files(Stream<String> names) {
        return names.map(Path::of).toList();
    }
}
