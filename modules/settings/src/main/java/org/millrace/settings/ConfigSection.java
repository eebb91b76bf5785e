package org.millrace.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * A section of the configuration while it is turned into a settings record. Each method reads one
 * key; a value that is missing or wrong is noted as a {@link ConfigProblem} and a placeholder of
 * the right type is returned, so that one pass finds every mistake. Settings built from
 * placeholders must not be used: call {@link ConfigProblems#throwIfAny()} before.
 *
 * <p>A section remembers which keys were asked for; {@link #rejectUnknownKeys()} reports the
 * others, with the nearest key that exists. Not thread-safe.
 */
public final class ConfigSection {
    /** More edits than this and a proposal is a guess rather than a correction. */
    private static final int NEAR = 4;

    private final Config config;
    private final String path;
    private final ConfigProblems problems;
    private final Set<String> asked = new LinkedHashSet<>();

    private ConfigSection(Config config, String path, ConfigProblems problems) {
        this.config = config;
        this.path = path;
        this.problems = problems;
    }

    /**
     * The section of {@code root} at {@code path}; empty, with a problem noted, where there is none.
     *
     * @param path full path of an object, such as {@code millrace.agent}
     */
    public static ConfigSection of(Config root, String path, ConfigProblems problems) {
        ConfigSection whole = new ConfigSection(root, "", problems);
        return whole.section(path);
    }

    /** The full key of {@code key} in this section. */
    public String fullKey(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The last element of this section's path: the name that the user gave a component. */
    public String name() {
        List<String> elements = ConfigUtil.splitPath(path);
        return elements.get(elements.size() - 1);
    }

    /** Whether the key has a value. */
    public boolean has(String key) {
        asked.add(key);
        return config.hasPath(quoted(key));
    }

    /** A text that must be there and not be empty. */
    public String string(String key) {
        String value = read(key, Config::getString, "", "a text");
        if (has(key) && value.isBlank() && valueType(key) == ConfigValueType.STRING) {
            problem(key, "must not be empty");
        }
        return value;
    }

    /** A text, or nothing where the key is absent or empty. */
    public Optional<String> optionalString(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        return Optional.of(read(key, Config::getString, "", "a text")).filter(text -> !text.isEmpty());
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String key, int min, int max) {
        return ranged(key, read(key, Config::getInt, min, "a whole number"), min, max, "");
    }

    /** A whole number from {@code min} to {@code max}. */
    public long longInteger(String key, long min, long max) {
        return ranged(key, read(key, Config::getLong, min, "a whole number"), min, max, "");
    }

    /** A size such as {@code 64 KiB}, in bytes, from {@code min} to {@code max} bytes. */
    public long bytes(String key, long min, long max) {
        return ranged(key, read(key, Config::getBytes, min, "a size such as 64 KiB"), min, max, " bytes");
    }

    /** A duration such as {@code 500 ms}, not below {@code min}. */
    public Duration duration(String key, Duration min) {
        Duration value = read(key, Config::getDuration, min, "a duration such as 500 ms");
        if (value.compareTo(min) < 0) {
            problem(key, "must be at least " + text(min) + ", is " + text(value));
            return min;
        }
        return value;
    }

    /** {@code true} or {@code false}. */
    public boolean bool(String key) {
        return read(key, Config::getBoolean, false, "true or false");
    }

    /** One of the constants of {@code type}, written in lower case with hyphens. */
    public <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            choices.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        E first = type.getEnumConstants()[0];
        if (!present(key)) {
            return first;
        }
        String written = read(key, Config::getString, "", "a text");
        E choice = choices.get(written);
        if (choice == null) {
            problem(
                    key,
                    "'" + written + "' is not one of " + String.join(", ", choices.keySet())
                            + hint(written, choices.keySet()));
            return first;
        }
        return choice;
    }

    /** A regular expression. */
    public Pattern pattern(String key) {
        String written = read(key, Config::getString, "", "a regular expression");
        try {
            return Pattern.compile(written);
        } catch (PatternSyntaxException e) {
            problem(key, "is no regular expression: " + e.getDescription() + " near index " + e.getIndex());
            return Pattern.compile("");
        }
    }

    /** A list of texts; empty where the key is absent. */
    public List<String> strings(String key) {
        return has(key) ? read(key, Config::getStringList, List.of(), "a list of texts") : List.of();
    }

    /**
     * A free-form object, flattened to dotted keys and texts, for properties that are passed on to a
     * library as they are. Every key in it counts as known.
     */
    public Map<String, String> properties(String key) {
        if (!has(key)) {
            return Map.of();
        }
        Config object = read(key, Config::getConfig, ConfigFactory.empty(), "an object");
        Map<String, String> flat = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            flat.put(
                    String.join(".", ConfigUtil.splitPath(entry.getKey())),
                    String.valueOf(entry.getValue().unwrapped()));
        }
        return flat;
    }

    /** The section below {@code key}, which must be there; {@code key} may be a dotted path. */
    public ConfigSection section(String key) {
        asked.add(ConfigUtil.splitPath(key).get(0));
        Config section = ConfigFactory.empty();
        try {
            section = config.getConfig(key);
        } catch (ConfigException.Missing e) {
            problem(key, "is missing");
        } catch (ConfigException.WrongType e) {
            problem(key, "must be a section in braces");
        }
        return new ConfigSection(section, fullKey(key), problems);
    }

    /** The named sections below {@code key}, in the order of their names; none where it is absent. */
    public Map<String, ConfigSection> sections(String key) {
        Map<String, ConfigSection> sections = new TreeMap<>();
        if (!has(key)) {
            return sections;
        }
        ConfigObject object = read(key, Config::getObject, ConfigFactory.empty().root(), "a section in braces");
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String childPath = fullKey(key) + "." + ConfigUtil.quoteString(entry.getKey());
            String plainPath = fullKey(key) + "." + entry.getKey();
            if (entry.getValue() instanceof ConfigObject child) {
                String shown = ConfigUtil.splitPath(childPath).equals(splitOrEmpty(plainPath)) ? plainPath : childPath;
                sections.put(entry.getKey(), new ConfigSection(child.toConfig(), shown, problems));
            } else {
                problems.add(
                        new ConfigProblem(where(entry.getValue().origin()), plainPath, "must be a section in braces"));
            }
        }
        return sections;
    }

    /** The sections of the list at {@code key}, in order; none where it is absent. */
    public List<ConfigSection> sectionList(String key) {
        List<ConfigSection> sections = new ArrayList<>();
        if (!has(key)) {
            return sections;
        }
        ConfigList list = read(key, Config::getList, null, "a list");
        if (list == null) {
            return sections;
        }
        for (ConfigValue item : list) {
            String itemPath = fullKey(key) + "." + sections.size();
            if (item instanceof ConfigObject object) {
                sections.add(new ConfigSection(object.toConfig(), itemPath, problems));
            } else {
                problems.add(new ConfigProblem(where(item.origin()), itemPath, "must be a section in braces"));
            }
        }
        return sections;
    }

    /** This section with {@code defaults} for the keys that it does not have itself. */
    public ConfigSection withDefaults(Config defaults) {
        return new ConfigSection(config.withFallback(defaults), path, problems);
    }

    /** Notes a mistake in the value of {@code key}, placed where that was written. */
    public void problem(String key, String message) {
        problems.add(new ConfigProblem(whereOf(key), fullKey(key), message));
    }

    /**
     * Reports every key of this section that nobody asked for, with the nearest one that exists.
     * Call it last.
     */
    public void rejectUnknownKeys() {
        for (Map.Entry<String, ConfigValue> entry : config.root().entrySet()) {
            String key = entry.getKey();
            if (!asked.contains(key)) {
                problems.add(new ConfigProblem(
                        where(entry.getValue().origin()),
                        fullKey(key),
                        "is not a key of this section" + hint(key, asked)));
            }
        }
    }

    private <T> T read(String key, BiFunction<Config, String, T> reader, T placeholder, String expected) {
        if (!present(key)) {
            return placeholder;
        }
        try {
            return reader.apply(config, quoted(key));
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            problem(key, "must be " + expected + ", is " + shown(key));
            return placeholder;
        }
    }

    private boolean present(String key) {
        if (has(key)) {
            return true;
        }
        problem(key, "is missing");
        return false;
    }

    private <N extends Number & Comparable<N>> N ranged(String key, N value, N min, N max, String unit) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            problem(key, "must be from " + min + " to " + max + unit + ", is " + value);
            return min;
        }
        return value;
    }

    private String shown(String key) {
        return config.getValue(quoted(key)).render(com.typesafe.config.ConfigRenderOptions.concise());
    }

    private ConfigValueType valueType(String key) {
        return config.getValue(quoted(key)).valueType();
    }

    private String whereOf(String key) {
        try {
            return where(config.getValue(quoted(key)).origin());
        } catch (ConfigException e) {
            return where(config.root().origin());
        }
    }

    private static String where(ConfigOrigin origin) {
        String file = origin.filename() != null ? origin.filename() : origin.description();
        return origin.filename() != null && origin.lineNumber() > 0 ? file + ": " + origin.lineNumber() : file;
    }

    private static String hint(String written, Collection<String> choices) {
        LevenshteinDistance distance = new LevenshteinDistance(NEAR);
        String nearest = null;
        int edits = Integer.MAX_VALUE;
        for (String choice : choices) {
            int d = distance.apply(written, choice);
            if (d >= 0 && d < edits) {
                edits = d;
                nearest = choice;
            }
        }
        return nearest == null || edits >= written.length() ? "" : "; did you mean '" + nearest + "'?";
    }

    private static List<String> splitOrEmpty(String candidate) {
        try {
            return ConfigUtil.splitPath(candidate);
        } catch (ConfigException e) {
            return List.of();
        }
    }

    private static String quoted(String key) {
        return ConfigUtil.quoteString(key);
    }

    private static String text(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
