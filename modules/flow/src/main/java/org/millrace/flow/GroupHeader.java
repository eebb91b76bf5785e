package org.millrace.flow;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.millrace.settings.ConfigSection;

/**
 * The header that one group of a {@link RegexExtractor} becomes.
 *
 * @param name the header's name
 * @param serializer makes its value of the group's text
 */
record GroupHeader(String name, Serializer serializer) {
    /** Makes a header's value of what a group found. */
    @FunctionalInterface
    interface Serializer {
        /** The value; nothing where {@code group} is not what the serializer reads. */
        Optional<String> serialize(String group);
    }

    private static final Map<String, Function<ConfigSection, Serializer>> TYPES =
            new TreeMap<>(Map.of("default", section -> Optional::of, "millis", MillisSerializer::from));

    /** Reads {@code { name = ..., type = default }}, or {@code type = millis} with its keys. */
    static GroupHeader from(ConfigSection section) {
        String name = section.string("name");
        Optional<Function<ConfigSection, Serializer>> type =
                section.has("type") ? section.oneOf("type", TYPES) : Optional.of(TYPES.get("default"));
        Serializer serializer = type.map(known -> {
                    Serializer read = known.apply(section);
                    section.rejectUnknownKeys();
                    return read;
                })
                .orElse(Optional::of);
        return new GroupHeader(name, serializer);
    }
}
