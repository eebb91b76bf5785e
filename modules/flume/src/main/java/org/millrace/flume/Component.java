package org.millrace.flume;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.settings.Nearest;

/**
 * One component of a Flume file while it is translated: a source, a channel, a sink, or a part of one.
 * Remembers which properties were asked for; {@link #finish()} says about each of the others what becomes
 * of it, so that none is passed over.
 */
final class Component {
    private final String path;
    private final String where;
    private final Census.Type type;
    private final Map<String, Property> properties;
    private final Set<String> asked = new HashSet<>();
    private final Findings findings;

    /**
     * @param path the beginning of its keys, such as {@code agent1.sources.r1}
     * @param where the place of what is missing: where its type stands, or its name
     * @param properties by name, those of every component left out
     */
    Component(String path, String where, Census.Type type, Map<String, Property> properties, Findings findings) {
        this.path = path;
        this.where = where;
        this.type = type;
        this.properties = new LinkedHashMap<>(properties);
        this.findings = findings;
    }

    /** The name that the user gave it. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    String path() {
        return path;
    }

    Census.Type type() {
        return type;
    }

    String where() {
        return where;
    }

    Findings findings() {
        return findings;
    }

    /** A property that has a value. */
    Optional<Property> find(String name) {
        if (type.property(name).isEmpty()) {
            throw new IllegalArgumentException(name + " of " + type.name() + " is not in the census");
        }
        asked.add(name);
        return Optional.ofNullable(properties.get(name)).filter(property -> {
            if (property.value().isEmpty()) {
                findings.notice(property, "as if it were not there", "it has no value");
                return false;
            }
            return true;
        });
    }

    /** A property at which one more looks than who says what becomes of it. */
    Optional<Property> peek(String name) {
        return Optional.ofNullable(properties.get(name));
    }

    /** A property that Flume has renamed: the new name wins, the old one is noticed. */
    Optional<Property> findRenamed(String name, String old) {
        Optional<Property> now = find(name);
        Optional<Property> before = find(old);
        before.ifPresent(property -> {
            if (now.isPresent()) {
                findings.notice(
                        property,
                        now.get().value(),
                        "it is the old name of " + name + ", which is set in line "
                                + now.get().line());
            } else {
                findings.notice(property, name + " = " + property.value(), "it is Flume's old name of " + name);
            }
        });
        return now.or(() -> before);
    }

    /** A property that must be there. */
    Optional<Property> required(String name) {
        Optional<Property> found = find(name);
        if (found.isEmpty()) {
            missing(name);
        }
        return found;
    }

    void missing(String name) {
        findings.problem(where, path + "." + name, "is missing");
    }

    /** All properties whose names begin so, by the rest of the name. */
    Map<String, Property> below(String beginning) {
        Map<String, Property> found = new LinkedHashMap<>();
        properties.forEach((name, property) -> {
            if (name.startsWith(beginning)) {
                asked.add(name);
                found.put(name.substring(beginning.length()), property);
            }
        });
        return found;
    }

    /** A whole number, not below {@code min}; nothing, with the mistake noted, for anything else. */
    Optional<Long> number(Property property, long min) {
        try {
            long value = new BigDecimal(property.value()).longValueExact();
            if (value >= min) {
                return Optional.of(value);
            }
            findings.problem(property, "must be at least " + min + ", is " + value);
        } catch (NumberFormatException | ArithmeticException e) {
            findings.problem(property, "must be a whole number, is '" + property.value() + "'");
        }
        return Optional.empty();
    }

    /** {@code true} or {@code false}; nothing, with the mistake noted, for anything else. */
    Optional<Boolean> bool(Property property) {
        if (property.value().equalsIgnoreCase("true") || property.value().equalsIgnoreCase("false")) {
            return Optional.of(Boolean.valueOf(property.value()));
        }
        findings.problem(property, "must be true or false, is '" + property.value() + "'");
        return Optional.empty();
    }

    /** Properties that have nothing to do here, for a reason that lies in this file. */
    void notNeeded(List<String> names, String why) {
        names.forEach(name -> find(name).ifPresent(found -> findings.notice(found, "", why)));
    }

    /** Says about every property that nobody asked for what becomes of it. Call it last. */
    void finish() {
        properties.forEach((name, property) -> {
            if (!asked.contains(name)) {
                type.property(name).ifPresentOrElse(verdict -> say(property, verdict), () -> unknown(name, property));
            }
        });
    }

    private void say(Property property, Verdict verdict) {
        String remark = verdict.remark();
        switch (verdict.kind()) {
            case NOT_NEEDED -> findings.notice(property, "", "not needed: " + remark);
            case NOT_YET -> notYet(property, "; take the line out to run without it", remark);
            case ONLY -> {
                if (verdict.values().stream().noneMatch(property.value()::equalsIgnoreCase)) {
                    notYet(property, ", only " + String.join(" or ", verdict.values()) + " is", remark);
                }
            }
            case SAME, BETTER ->
                throw new IllegalStateException(property.key() + " is in the census but not translated");
        }
    }

    private void notYet(Property property, String instead, String remark) {
        String written = "'" + Blanks.visible(property.shown()) + "'";
        String detail = remark.isEmpty() ? "" : " (" + remark + ")";
        findings.problem(property, written + " is not supported yet" + instead + detail);
    }

    private void unknown(String name, Property property) {
        List<String> known = type.properties().keySet().stream()
                .filter(candidate -> !candidate.endsWith("*"))
                .toList();
        findings.problem(
                property,
                "is not a property of Flume's " + type.kind().word() + " " + type.name() + Nearest.hint(name, known));
    }
}
