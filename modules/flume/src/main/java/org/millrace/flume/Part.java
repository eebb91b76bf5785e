package org.millrace.flume;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.settings.Nearest;

/**
 * The properties of one component, of which its reader takes those that all of its kind have; what is
 * left is its type's own.
 */
final class Part {
    private final String path;
    private final String where;
    private final Map<String, Property> properties;
    private final Findings findings;

    /**
     * @param path the beginning of the keys
     * @param where where the component is named
     * @param properties by the rest of their keys
     */
    Part(String path, String where, Map<String, Property> properties, Findings findings) {
        this.path = path;
        this.where = where;
        this.properties = new LinkedHashMap<>(properties);
        this.findings = findings;
    }

    String path() {
        return path;
    }

    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    String where() {
        return where;
    }

    /** A property that stays. */
    Optional<Property> peek(String name) {
        return Optional.ofNullable(properties.get(name));
    }

    /** Takes one property away. */
    Optional<Property> take(String name) {
        return Optional.ofNullable(properties.remove(name));
    }

    /** Takes a list away; empty, with the mistake noted, where it is not there or has nothing in it. */
    List<String> takeWords(String name) {
        List<String> words = take(name).map(Property::words).orElse(List.of());
        if (words.isEmpty()) {
            findings.problem(where, path + "." + name, "is missing");
        }
        return words;
    }

    /** Takes all properties away whose names begin with {@code name} and a dot, as a part of its own. */
    Part takeBelow(String name) {
        Map<String, Property> below = new LinkedHashMap<>();
        String beginning = name + ".";
        properties.forEach((key, property) -> {
            if (key.startsWith(beginning)) {
                below.put(key.substring(beginning.length()), property);
            }
        });
        below.keySet().forEach(key -> properties.remove(beginning + key));
        String first = below.values().stream().findFirst().map(Property::where).orElse(where);
        return new Part(path + "." + name, first, below, findings);
    }

    boolean isEmpty() {
        return properties.isEmpty();
    }

    /** The names of what is left. */
    List<String> names() {
        return List.copyOf(properties.keySet());
    }

    /**
     * What is left, as a component of the type that {@code type} names. Nothing, with the mistake noted,
     * where that is unknown or not supported yet.
     *
     * @param otherwise the type where none is named; null where one must be
     */
    Optional<Component> as(Census.Kind kind, String otherwise) {
        Optional<Property> written = take("type");
        String name = written.map(Property::value).orElse(otherwise);
        String place = written.map(Property::where).orElse(where);
        String key = path + ".type";
        if (name == null || name.isEmpty()) {
            findings.problem(place, key, "is missing");
            return Optional.empty();
        }
        Optional<Census.Type> type = Census.find(kind, name);
        if (type.isEmpty()) {
            String message = name.contains(".")
                    ? "'" + name + "' is a class of your own: not supported yet; Millrace does not run Flume's classes"
                    : "'" + name + "' is no " + kind.word() + " of Flume";
            findings.problem(place, key, message + Census.hint(kind, name));
            return Optional.empty();
        }
        if (!type.get().verdict().isTranslated()) {
            String remark = type.get().verdict().remark();
            findings.problem(
                    place,
                    key,
                    "the " + kind.word() + " '" + name + "' is not supported yet"
                            + (remark.isEmpty() ? "" : " (" + remark + ")"));
            return Optional.empty();
        }
        return Optional.of(new Component(path, place, type.get(), properties, findings));
    }

    /** Names what is left as unknown, for parts that have no type; {@code known} may begin a key here. */
    void rejectRest(List<String> known) {
        properties.forEach((name, property) -> {
            String first = name.split("\\.", -1)[0];
            findings.problem(property, "is not a property here" + Nearest.hint(first, known));
        });
    }
}
