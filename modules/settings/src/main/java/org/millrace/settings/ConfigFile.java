package org.millrace.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The configuration file of a node. What stands in it goes before the defaults of the modules
 * (their {@code reference.conf}), and system properties ({@code -Dmillrace.x=y}) go before both.
 */
public final class ConfigFile {
    /** What a user may set; everything else at the top of a file is a slip. */
    private static final Set<String> TOP = Set.of("millrace", "pekko");

    /** A substitution that must have a value; {@code ${?X}} need not. */
    private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{[^?}][^}]*}");

    private final Path file;
    private final ConfigProblems problems = new ConfigProblems();

    private ConfigFile(Path file) {
        this.file = file;
    }

    /**
     * Reads {@code file} and everything that it includes, merges the defaults and the system
     * properties, and resolves all substitutions. Only {@code millrace} and {@code pekko} may stand at
     * the top of the file, beside what some module's defaults have there.
     *
     * @throws InvalidConfigException when there is no such file, when it or an included one cannot be
     *     read, when it is no HOCON, when a top-level key is unknown, or when a substitution has no
     *     value; it names each with file and line
     */
    public static Config load(Path file) {
        return new ConfigFile(file).load();
    }

    /**
     * What {@link #load} makes of a file, of a configuration that was not read from one.
     *
     * @param name what it is called in messages
     * @throws InvalidConfigException as {@link #load}
     */
    public static Config complete(String name, Config written) {
        return new ConfigFile(Path.of(name)).complete(written);
    }

    private Config load() {
        refuseWhatIsNoFile();
        return complete(parse());
    }

    private Config complete(Config written) {
        Config defaults = ConfigFactory.defaultReferenceUnresolved();
        rejectUnknownTopLevelKeys(written, defaults);
        Config whole = ConfigFactory.defaultOverrides().withFallback(written).withFallback(defaults);
        Config resolved = resolve(whole);
        problems.throwIfAny();
        return resolved;
    }

    private void refuseWhatIsNoFile() {
        Unreadable.why(file).ifPresent(why -> problem(file.toString(), why));
        problems.throwIfAny();
    }

    private Config parse() {
        StrictIncluder includer = new StrictIncluder();
        Config written = ConfigFactory.empty();
        try {
            written = ConfigFactory.parseFile(
                    file.toFile(),
                    ConfigParseOptions.defaults().setAllowMissing(false).prependIncluder(includer));
        } catch (ConfigException e) {
            problem(e);
        }
        for (String missing : includer.missing()) {
            problem(
                    whereIncluded(missing),
                    "includes '" + missing + "', but there is no such file; a relative name starts at the"
                            + " directory of the file that includes it");
        }
        problems.throwIfAny();
        return written;
    }

    /** The library does not tell where an include stands; in an included file, it stays at the file. */
    private String whereIncluded(String name) {
        try {
            List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).strip().startsWith("include") && lines.get(i).contains('"' + name + '"')) {
                    return file + ": " + (i + 1);
                }
            }
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + " a second time", e);
        }
    }

    private void rejectUnknownTopLevelKeys(Config written, Config defaults) {
        Set<String> known = new TreeSet<>(TOP);
        known.addAll(defaults.root().keySet());
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(written.root()).entrySet()) {
            if (!known.contains(entry.getKey())) {
                problems.add(new ConfigProblem(
                        Place.ofSection(entry.getValue().origin()),
                        entry.getKey(),
                        "is not a key of a node's file, whose settings all stand in millrace { }"
                                + Nearest.hint(entry.getKey(), known)));
            }
        }
    }

    private Config resolve(Config whole) {
        try {
            Config resolved = whole.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
            if (!resolved.isResolved()) {
                nameUnresolved(resolved.root());
            }
            return resolved;
        } catch (ConfigException e) {
            // Substitutions that go round in a circle.
            problem(e);
            return whole;
        }
    }

    private void nameUnresolved(ConfigValue value) {
        try {
            if (value instanceof ConfigObject object) {
                new TreeMap<>(object).values().forEach(this::nameUnresolved);
            } else if (value instanceof ConfigList list) {
                list.forEach(this::nameUnresolved);
            } else {
                value.valueType();
            }
        } catch (ConfigException.NotResolved e) {
            String names = SUBSTITUTION
                    .matcher(Written.shown(value))
                    .results()
                    .map(MatchResult::group)
                    .distinct()
                    .collect(Collectors.joining(", "));
            problem(Place.ofValue(value.origin()), "nothing gives " + names + " a value");
        }
    }

    /** A mistake that the library found, whose message starts with the place. */
    private void problem(ConfigException e) {
        String message = e.getMessage();
        if (e.origin() == null) {
            problem(file.toString(), message);
            return;
        }
        String start = e.origin().description() + ": ";
        problem(Place.ofValue(e.origin()), message.startsWith(start) ? message.substring(start.length()) : message);
    }

    private void problem(String where, String message) {
        problems.add(new ConfigProblem(where, "", message));
    }
}
