package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.settings.ConfigSource;
import org.millrace.settings.InvalidConfigException;

/**
 * A node's configuration, read whole: what a start does first, and all that a check does.
 *
 * @param config everything, with the defaults
 * @param node the node itself
 * @param cluster its place in the cluster; empty where it joins none
 * @param own the node's own part
 */
public record NodeReading<T>(Config config, NodeSettings node, Optional<ClusterSettings> cluster, T own) {
    /**
     * Reads everything.
     *
     * @param reader reads the node's own part
     * @param joins whether such a node joins a cluster
     * @param err where warnings go, one line each, whether there are mistakes or not
     * @throws InvalidConfigException with every mistake
     */
    public static <T> NodeReading<T> of(
            ConfigSource source, BiFunction<Config, ConfigProblems, T> reader, Predicate<T> joins, PrintStream err) {
        ConfigProblems first = new ConfigProblems();
        Config config;
        try {
            config = source.load(first);
        } finally {
            printNotices(first, err);
        }
        ConfigProblems found = new ConfigProblems();
        NodeSettings node = NodeSettings.from(config, found);
        T own = reader.apply(config, found);
        Optional<ClusterSettings> cluster = Optional.empty();
        if (joins.test(own)) {
            cluster = Optional.of(ClusterSettings.from(config, found));
        } else {
            ClusterSettings.leaveAside(config, found);
        }
        NodeReading<T> reading = new NodeReading<>(config, node, cluster, own);
        // Unresolved, since what is resolved has the system properties in it.
        ConfigValue defaults = ConfigFactory.defaultReferenceUnresolved().root().get("millrace");
        rejectUnknownSections("millrace", config, defaults, found);
        printNotices(found, err);
        List<ConfigProblem> all = new ArrayList<>(first.found());
        Set<String> places = first.found().stream().map(ConfigProblem::where).collect(Collectors.toSet());
        found.found().stream()
                .filter(problem -> places.isEmpty() || !follows(problem, places))
                .forEach(all::add);
        if (!all.isEmpty()) {
            throw new InvalidConfigException(all);
        }
        return reading;
    }

    private static void printNotices(ConfigProblems problems, PrintStream err) {
        problems.notices().forEach(notice -> err.println("warning: " + notice));
    }

    /**
     * No reader looks at what stands beside the sections of the modules: below {@code millrace}, and below
     * what has nothing but sections itself.
     */
    private static void rejectUnknownSections(
            String path, Config config, ConfigValue defaults, ConfigProblems problems) {
        if (defaults instanceof ConfigObject known
                && !known.isEmpty()
                && known.values().stream().allMatch(ConfigObject.class::isInstance)) {
            ConfigSection.of(config, path, problems).knows(known.keySet()).rejectUnknownKeys();
            known.forEach((key, value) -> rejectUnknownSections(path + "." + key, config, value, problems));
        }
    }

    /** What is missing only since something else is wrong would hide that. */
    private static boolean follows(ConfigProblem problem, Set<String> places) {
        return places.contains(problem.where()) || problem.where().startsWith("reference.conf");
    }

    /** Prints every mistake, one line each, and how many there are. */
    public static void print(InvalidConfigException e, String name, String outcome, PrintStream err) {
        e.problems().forEach(problem -> err.println("error: " + problem));
        err.println(name + ": " + e.problems().size() + " mistake(s); " + outcome);
    }
}
