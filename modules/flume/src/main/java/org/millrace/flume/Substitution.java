package org.millrace.flume;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.text.StringSubstitutor;

/** Fills in {@code ${env:NAME}} and {@code ${sys:name}}, also nested and with {@code :-default}. */
final class Substitution {
    private final Map<String, String> environment;
    private final Properties system;

    Substitution(Map<String, String> environment, Properties system) {
        this.environment = environment;
        this.system = system;
    }

    /** The property with everything filled in; as it is, with the mistake noted, where something is wrong. */
    Property apply(Property property, Findings findings) {
        if (!property.value().contains("${")) {
            return property;
        }
        AtomicReference<String> missing = new AtomicReference<>();
        StringSubstitutor substitutor = new StringSubstitutor(name -> {
                    String value = lookup(name);
                    missing.set(value == null ? name : missing.get());
                    return value;
                })
                .setEnableSubstitutionInVariables(true)
                .setDisableSubstitutionInValues(true)
                .setEnableUndefinedVariableException(true);
        try {
            return property.withValue(substitutor.replace(property.value()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            String name = missing.get();
            findings.problem(property, name == null ? "cannot be filled in: " + e.getMessage() : mistake(name));
            return property;
        }
    }

    /** Null where there is none: then a default behind {@code :-} holds. */
    private String lookup(String name) {
        String key = name.substring(name.indexOf(':') + 1);
        return switch (kind(name)) {
            case "env" -> environment.get(key);
            case "sys" -> system.getProperty(key);
            default -> null;
        };
    }

    private static String mistake(String name) {
        String key = name.substring(name.indexOf(':') + 1);
        String written = "${" + name + "}";
        return switch (kind(name)) {
            case "env" -> "there is no environment variable " + key + " for " + written;
            case "sys" ->
                "there is no system property " + key + " for " + written + "; give it to the JVM as -D" + key + "=...";
            case "" ->
                name.endsWith("]")
                        ? written + ": Flume's configuration filters are not supported yet"
                        : written + " says not where from: write ${env:" + name + "} or ${sys:" + name + "}";
            default -> written + ": not supported yet; there are ${env:NAME} and ${sys:name}";
        };
    }

    private static String kind(String name) {
        return name.substring(0, Math.max(0, name.indexOf(':')));
    }
}
