package org.millrace.flume;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Carries properties of one component over to keys of Millrace; what is not there is not written. */
record Mapping(Component component, HoconText out) {
    /** A text, as it is. */
    void text(String property, String key) {
        component.find(property).ifPresent(found -> text(found, key));
    }

    void text(Property property, String key) {
        out.put(key, HoconText.quoted(property.value()), property.where());
    }

    void bool(String property, String key) {
        copy(property, key, found -> component.bool(found).map(String::valueOf));
    }

    /** A whole number of what {@code unit} says; empty for a mere number. */
    void number(String property, String key, long min, String unit) {
        copy(property, key, found -> component.number(found, min).map(number -> quantity(number, unit)));
    }

    /** One of some words, each with its word here. */
    void choice(String property, String key, Map<String, String> words) {
        copy(property, key, found -> {
            Optional<String> word = words.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(found.value()))
                    .map(Map.Entry::getValue)
                    .findFirst();
            if (word.isEmpty()) {
                component
                        .findings()
                        .problem(found, "'" + found.value() + "' is not one of " + String.join(", ", words.keySet()));
            }
            return word;
        });
    }

    private void copy(String property, String key, Function<Property, Optional<String>> value) {
        component
                .find(property)
                .ifPresent(found -> value.apply(found).ifPresent(text -> out.put(key, text, found.where())));
    }

    static String quantity(long number, String unit) {
        return unit.isEmpty() ? Long.toString(number) : number + " " + unit;
    }
}
