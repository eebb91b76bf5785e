package org.millrace.flume;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.settings.Nearest;

/** Every component and property of Flume 1.11, and what Millrace makes of it: {@code census.txt}. */
final class Census {
    /** The kinds of components, by the words that stand in the list. */
    enum Kind {
        SOURCE,
        CHANNEL,
        SINK,
        PROCESSOR,
        SELECTOR,
        INTERCEPTOR,
        DESERIALIZER,
        SERIALIZER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A kind of component.
     *
     * @param names what its {@code type} may say: the short name if it has one, then class names
     * @param properties the verdict on each property, by name; a name that ends with {@code *} stands for
     *     all that begin so
     */
    record Type(Kind kind, List<String> names, Verdict verdict, Map<String, Verdict> properties) {
        String name() {
            return names.get(0);
        }

        Optional<Verdict> property(String name) {
            Verdict exact = properties.get(name);
            if (exact != null) {
                return Optional.of(exact);
            }
            return properties.entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith("*") && name.startsWith(beginning(entry.getKey())))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        private static String beginning(String pattern) {
            return pattern.substring(0, pattern.length() - 1);
        }
    }

    private static final Census CENSUS = read();

    private final List<Type> types;

    private Census(List<Type> types) {
        this.types = types;
    }

    /** All types, in the order of the list. */
    static List<Type> types() {
        return CENSUS.types;
    }

    /** The type that a file calls {@code name}: short names in any case, as Flume has it. */
    static Optional<Type> find(Kind kind, String name) {
        return CENSUS.types.stream()
                .filter(type -> type.kind() == kind)
                .filter(type -> type.names().stream()
                        .anyMatch(known -> known.contains(".") ? known.equals(name) : known.equalsIgnoreCase(name)))
                .findFirst();
    }

    /** The end of a message about a type that is not in the list. */
    static String hint(Kind kind, String name) {
        List<String> names = CENSUS.types.stream()
                .filter(type -> type.kind() == kind)
                .flatMap(type -> type.names().stream())
                .toList();
        return Nearest.hint(name, names);
    }

    private static Census read() {
        try (InputStream in = Census.class.getResourceAsStream("census.txt")) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read census.txt", e);
        }
    }

    private static Census parse(String text) {
        List<Type> types = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split(" \\| ?", -1);
            Verdict verdict = verdict(fields[1], fields[2]);
            if (line.startsWith("[")) {
                int close = fields[0].indexOf(']');
                Kind kind = Kind.valueOf(fields[0].substring(1, close).toUpperCase(Locale.ROOT));
                types.add(new Type(kind, words(fields[0].substring(close + 1)), verdict, new LinkedHashMap<>()));
            } else {
                Map<String, Verdict> properties = types.get(types.size() - 1).properties();
                words(fields[0]).forEach(name -> properties.put(name, verdict));
            }
        }
        return new Census(List.copyOf(types));
    }

    private static Verdict verdict(String word, String remark) {
        if (word.startsWith("only ")) {
            return new Verdict(Verdict.Kind.ONLY, words(word.substring(5)), remark);
        }
        return new Verdict(Verdict.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')), List.of(), remark);
    }

    private static List<String> words(String commas) {
        return Stream.of(commas.split(",", -1)).map(String::strip).toList();
    }
}
