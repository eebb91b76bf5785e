package org.millrace.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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
    private static final String A_WHOLE_NUMBER = "a whole number";
    private static final String A_DURATION = "a duration such as 500 ms";

    private final Config config;
    private final String path;
    private final ConfigProblems problems;
    private final Set<String> asked;

    private ConfigSection(Config config, String path, ConfigProblems problems) {
        this(config, path, problems, new LinkedHashSet<>());
    }

    private ConfigSection(Config config, String path, ConfigProblems problems, Set<String> asked) {
        this.config = config;
        this.path = path;
        this.problems = problems;
        this.asked = asked;
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
        problems.asked(fullKey(key));
        return config.hasPath(quoted(key));
    }

    /** The keys that are written here, for a section whose keys are the user's own. All count as known. */
    public Set<String> keys() {
        Set<String> keys = new TreeSet<>(config.root().keySet());
        asked.addAll(keys);
        return keys;
    }

    /** The value of {@code key} as text on one line, the same for the same meaning; empty where there is none. */
    public String shown(String key) {
        return has(key) ? Written.shown(config.getValue(quoted(key))) : "";
    }

    /** A text that must be there and not be empty. */
    public String string(String key) {
        String value = read(key, Config::getString, null, "a text");
        if (value != null && value.isBlank()) {
            problem(key, "must not be empty");
        }
        return value == null ? "" : value;
    }

    /** A text, or nothing where the key is absent or empty. */
    public Optional<String> optionalString(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        return Optional.of(read(key, Config::getString, "", "a text")).filter(text -> !text.isEmpty());
    }

    /** A path of the file system that must be there. */
    public Path path(String key) {
        return asPath(key, string(key));
    }

    /** A path, or nothing where the key is absent or empty. */
    public Optional<Path> optionalPath(String key) {
        return optionalString(key).map(text -> asPath(key, text));
    }

    /** A list of paths; none where the key is absent. */
    public List<Path> paths(String key) {
        return strings(key).stream().map(text -> asPath(key, text)).toList();
    }

    private Path asPath(String key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            problem(
                    key,
                    "is no path in this locale: " + e.getReason() + "; characters beyond ASCII need one with UTF-8,"
                            + " such as LC_ALL=C.UTF-8");
            return Path.of("");
        }
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String key, int min, int max) {
        return (int) whole(key, min, max, max == Integer.MAX_VALUE);
    }

    /** A whole number from {@code min} to {@code max}. */
    public long longInteger(String key, long min, long max) {
        return whole(key, min, max, max == Long.MAX_VALUE);
    }

    /** A size such as {@code 64 KiB}, in bytes, from {@code min} to {@code max} bytes. */
    public long bytes(String key, long min, long max) {
        long value = read(key, Config::getBytes, min, "a size such as 64 KiB");
        if (value >= min && value <= max) {
            return value;
        }
        String wanted = max == Long.MAX_VALUE
                ? "at least " + Quantity.bytes(min)
                : "from " + Quantity.bytes(min) + " to " + Quantity.bytes(max);
        problem(key, "must be " + wanted + ", is " + Quantity.bytes(value));
        return min;
    }

    /** A duration such as {@code 500 ms}, not below {@code min}. */
    public Duration duration(String key, Duration min) {
        Duration value = read(key, Config::getDuration, min, A_DURATION);
        if (value.compareTo(min) < 0) {
            problem(key, "must be at least " + Quantity.duration(min) + ", is " + Quantity.duration(value));
            return min;
        }
        return value;
    }

    /** A duration such as {@code 500 ms}, from {@code min} to {@code max}. */
    public Duration duration(String key, Duration min, Duration max) {
        Duration value = read(key, Config::getDuration, min, A_DURATION);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            problem(
                    key,
                    "must be from " + Quantity.duration(min) + " to " + Quantity.duration(max) + ", is "
                            + Quantity.duration(value));
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
        return oneOf(key, choices).orElse(type.getEnumConstants()[0]);
    }

    /** What the written text stands for in {@code choices}; nothing, with a problem noted, for any other. */
    public <T> Optional<T> oneOf(String key, Map<String, T> choices) {
        String written = read(key, Config::getString, null, "one of " + String.join(", ", choices.keySet()));
        if (written == null) {
            return Optional.empty();
        }
        T choice = choices.get(written);
        if (choice == null) {
            problem(
                    key,
                    "'" + written + "' is not one of " + String.join(", ", choices.keySet())
                            + Nearest.hint(written, choices.keySet()));
        }
        return Optional.ofNullable(choice);
    }

    /** A regular expression. */
    public Pattern pattern(String key) {
        String written = read(key, Config::getString, "", "a regular expression");
        try {
            return Pattern.compile(written);
        } catch (PatternSyntaxException e) {
            String at = e.getIndex() < 0 ? "" : " near index " + e.getIndex();
            problem(key, "'" + written + "' is no regular expression: " + e.getDescription() + at);
            return Pattern.compile("");
        }
    }

    /** A list of texts, none of them empty; no text at all where the key is absent. */
    public List<String> strings(String key) {
        List<String> texts = new ArrayList<>();
        for (ConfigValue item : list(key, "a list of texts in brackets")) {
            Optional<String> text = Written.text(item);
            if (text.isEmpty()) {
                problem(key, texts.size(), "must be a text, is " + Written.shown(item));
            } else if (text.get().isBlank()) {
                problem(key, texts.size(), "must not be empty");
            }
            texts.add(text.orElse(""));
        }
        return Collections.unmodifiableList(texts);
    }

    /**
     * A free-form object, flattened to dotted keys and texts, for properties that are passed on to a
     * library as they are. Every key in it counts as known. A list becomes its items with commas
     * between them, as Java properties have it.
     */
    public Map<String, String> properties(String key) {
        if (!has(key)) {
            return Map.of();
        }
        Config object = read(key, Config::getConfig, ConfigFactory.empty(), "a section in braces");
        Map<String, String> flat = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String property = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            String place = Place.ofValue(entry.getValue().origin());
            Optional<String> value = Written.joined(entry.getValue());
            if (value.isEmpty()) {
                problems.add(new ConfigProblem(
                        place,
                        fullKey(key) + "." + property,
                        "must be a text or a list of texts, is " + Written.shown(entry.getValue())));
            } else if (flat.put(property, value.get()) != null) {
                problems.add(new ConfigProblem(
                        place, fullKey(key) + "." + property, "is written twice, with quotes and without"));
            }
        }
        return flat;
    }

    /**
     * The section below {@code key}, which must be there; {@code key} may be a dotted path. Where it is
     * not, its own keys that must be there are named as well; where something else stands in its place,
     * that alone.
     */
    public ConfigSection section(String key) {
        asked.add(ConfigUtil.splitPath(key).get(0));
        if (config.hasPath(key) && config.getValue(key) instanceof ConfigObject object) {
            return new ConfigSection(object.toConfig(), fullKey(key), problems);
        }
        String place = whereOfPath(key);
        if (config.hasPath(key)) {
            problems.add(new ConfigProblem(place, fullKey(key), "must be a section in braces"));
            return new ConfigSection(ConfigFactory.empty(place), fullKey(key), new ConfigProblems());
        }
        problems.add(new ConfigProblem(place, fullKey(key), "is missing"));
        return new ConfigSection(ConfigFactory.empty(place), fullKey(key), problems);
    }

    /** The named sections below {@code key}, in the order of their names; none where it is absent. */
    public Map<String, ConfigSection> sections(String key) {
        Map<String, ConfigSection> sections = new TreeMap<>();
        if (!has(key)) {
            return sections;
        }
        ConfigObject object = read(key, Config::getObject, ConfigFactory.empty().root(), "a section in braces");
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
            if (entry.getValue().valueType() == ConfigValueType.NULL) {
                continue;
            }
            String childPath = fullKey(key) + "." + shownKey(entry.getKey());
            if (entry.getValue() instanceof ConfigObject child) {
                sections.put(entry.getKey(), new ConfigSection(child.toConfig(), childPath, problems));
            } else {
                problems.add(new ConfigProblem(
                        Place.ofValue(entry.getValue().origin()), childPath, "must be a section in braces"));
            }
        }
        return sections;
    }

    /** The sections of the list at {@code key}, in order; none where it is absent. */
    public List<ConfigSection> sectionList(String key) {
        List<ConfigSection> sections = new ArrayList<>();
        int index = 0;
        for (ConfigValue item : list(key, "a list of sections in brackets")) {
            if (item instanceof ConfigObject object) {
                sections.add(new ConfigSection(object.toConfig(), fullKey(key) + "." + index, problems));
            } else {
                problem(key, index, "must be a section in braces, is " + Written.shown(item));
            }
            index++;
        }
        return sections;
    }

    /**
     * This section with {@code defaults} for the keys that it does not have itself. Both remember
     * together which keys were asked for, so that several readers can share a section.
     */
    public ConfigSection withDefaults(Config defaults) {
        return new ConfigSection(config.withFallback(defaults), path, problems, asked);
    }

    /** Notes a mistake in the value of {@code key}, placed where that was written. */
    public void problem(String key, String message) {
        problems.add(new ConfigProblem(whereOf(key), fullKey(key), message));
    }

    /** Notes what a user should know about the value of {@code key}, placed where that was written. */
    public void notice(String key, String message) {
        problems.notice(new ConfigNotice(whereOf(key), fullKey(key), message));
    }

    /** Notes a mistake of this section as a whole, placed where it begins. */
    public void problem(String message) {
        problems.add(new ConfigProblem(placeOf(config.root()), path, message));
    }

    /** Notes a mistake in one item of the list at {@code key}, counted from 0. */
    public void problem(String key, int item, String message) {
        String where = Place.ofValue(config.getList(quoted(key)).get(item).origin());
        problems.add(new ConfigProblem(where, fullKey(key) + "." + item, message));
    }

    /** Takes {@code keys} for keys of this section that somebody else reads. */
    public ConfigSection knows(Collection<String> keys) {
        asked.addAll(keys);
        return this;
    }

    /**
     * Reports every key of this section that nobody asked for, with the nearest one that exists.
     * Call it last.
     */
    public void rejectUnknownKeys() {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(config.root()).entrySet()) {
            String key = entry.getKey();
            if (!asked.contains(key)) {
                problems.add(new ConfigProblem(
                        placeOf(entry.getValue()),
                        fullKey(shownKey(key)),
                        "is not a key of this section" + Nearest.hint(key, asked)));
            }
        }
    }

    private <T> T read(String key, BiFunction<Config, String, T> reader, T placeholder, String expected) {
        if (!has(key)) {
            problem(key, "is missing");
            return placeholder;
        }
        try {
            return reader.apply(config, quoted(key));
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            problem(key, "must be " + expected + ", is " + Written.shown(config.getValue(quoted(key))));
            return placeholder;
        }
    }

    /** The library's own reading of whole numbers cuts fractions off. */
    private long whole(String key, long min, long max, boolean open) {
        String written = read(key, Config::getString, Long.toString(min), A_WHOLE_NUMBER);
        BigDecimal value;
        try {
            value = new BigDecimal(written);
        } catch (NumberFormatException e) {
            problem(key, "must be " + A_WHOLE_NUMBER + ", is " + Written.shown(config.getValue(quoted(key))));
            return min;
        }
        if (value.compareTo(BigDecimal.valueOf(min)) < 0 || value.compareTo(BigDecimal.valueOf(max)) > 0) {
            problem(key, "must be " + (open ? "at least " + min : "from " + min + " to " + max) + ", is " + written);
            return min;
        }
        if (value.stripTrailingZeros().scale() > 0) {
            problem(key, "must be " + A_WHOLE_NUMBER + ", is " + written);
            return min;
        }
        return value.longValueExact();
    }

    private List<ConfigValue> list(String key, String expected) {
        return has(key) ? read(key, Config::getList, ConfigValueFactory.fromIterable(List.of()), expected) : List.of();
    }

    /** A key as it is written, in quotes where it needs them. */
    private static String shownKey(String key) {
        try {
            return ConfigUtil.splitPath(key).equals(List.of(key)) ? key : quoted(key);
        } catch (ConfigException e) {
            return quoted(key);
        }
    }

    /** File and line where the value of {@code key} was written, or, if it was not, the section around it. */
    public String whereOf(String key) {
        return whereOfPath(quoted(key));
    }

    /** Where the value at {@code path} was written, or, if it was not, the innermost section around it. */
    private String whereOfPath(String path) {
        ConfigValue innermost = config.root();
        for (String element : ConfigUtil.splitPath(path)) {
            ConfigValue next = innermost instanceof ConfigObject object ? object.get(element) : null;
            if (next == null) {
                break;
            }
            innermost = next;
        }
        return placeOf(innermost);
    }

    private static String placeOf(ConfigValue value) {
        return value instanceof ConfigObject ? Place.ofSection(value.origin()) : Place.ofValue(value.origin());
    }

    private static String quoted(String key) {
        return ConfigUtil.quoteString(key);
    }
}
