package org.millrace.flume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code docs/flume-compatibility.md}, made of the census. */
final class CompatibilityPage {
    private static final Map<Census.Kind, String> TITLES = new LinkedHashMap<>();

    static {
        TITLES.put(Census.Kind.SOURCE, "Sources");
        TITLES.put(Census.Kind.CHANNEL, "Channels");
        TITLES.put(Census.Kind.SINK, "Sinks");
        TITLES.put(Census.Kind.PROCESSOR, "Sink groups");
        TITLES.put(Census.Kind.SELECTOR, "Selectors");
        TITLES.put(Census.Kind.INTERCEPTOR, "Interceptors");
        TITLES.put(Census.Kind.DESERIALIZER, "Deserializers");
        TITLES.put(Census.Kind.SERIALIZER, "Serializers");
    }

    private static final String BEFORE = """
            # Flume 1.11 in Millrace

            Every component and property of Flume 1.11, and what becomes of it in a file that Millrace runs with
            `--flume-conf` or writes anew with `import`:

            - **same**: it is there and does the same; the key here stands behind it;
            - **better**: it is there, and how it is better stands behind it;
            - **not needed**: it would have nothing to do, for the reason behind it; a file that has it gives a warning;
            - **not yet**: it is missing; a file that has it does not start, and the message says so.

            Made of `census.txt` in `modules/flume`, by which the translation goes, by `CompatibilityPageTest`.
            What every component has (`type`, `channels`, `channel`, `interceptors`, `selector`) is the same.

            What is there is there where Flume's topology of agents and collectors has it: on an agent the sources
            `spooldir` and `avro`, the sink `avro`, and sink groups; on a collector the source `avro` and the sinks
            `hdfs` and Kafka's; interceptors, selectors and memory channels on both. Elsewhere it is not yet.

            ## Files and commands

            | Flume | verdict | here, or why |
            |---|---|---|
            | properties file, several agents, `-f`, `-n` | better | `--flume-conf`, `--name`; a wrong name, an unknown key, a dangling reference is an error with file and line |
            | comments behind values, no-break spaces, old names | better | taken as they are meant, with a warning each |
            | `${env:X}`, `${sys:x}`, nested, `:-default` | same | |
            | `${java:}`, `${date:}`, `lookups.properties`, `EnvVarResolverProperties` | not yet | |
            | config filters `${name[key]}` | not yet | |
            | `-u` URI, `-z` ZooKeeper, `-prov` | not yet | |
            | hot reload | not yet | |
            | `--dryrun` | better | `check` says everything that is wrong |
            | `plugins.d`, components by class name | not yet | |
            | `avro-client`, SDK clients, Log4j 2's Flume appender, embedded agent | same | deliver to a source of type `avro`, unchanged |
            | `fcintegritytool` | not needed | there is no file channel to repair |
            | JMX, HTTP and Ganglia monitoring | not yet | counters go to the log |
            """;

    private CompatibilityPage() {}

    static String page() {
        StringBuilder page = new StringBuilder(BEFORE);
        TITLES.forEach((kind, title) -> {
            page.append("\n## ").append(title).append('\n');
            Census.types().stream().filter(type -> type.kind() == kind).forEach(type -> type(type, page));
        });
        return page.toString();
    }

    private static void type(Census.Type type, StringBuilder page) {
        page.append("\n### ").append(shown(type.name())).append('\n');
        page.append('\n').append("**").append(word(type.verdict())).append("**");
        page.append(
                type.verdict().remark().isEmpty() ? "" : ": " + type.verdict().remark());
        if (type.names().size() > 1) {
            page.append(" (also written ")
                    .append(type.names().stream()
                            .skip(1)
                            .map(name -> '`' + name + '`')
                            .collect(Collectors.joining(", ")))
                    .append(')');
        }
        page.append('\n');
        if (!type.properties().isEmpty()) {
            page.append("\n| property | verdict | here, or why |\n|---|---|---|\n");
            byVerdict(type)
                    .forEach((verdict, names) -> page.append("| ")
                            .append(names.stream().map(name -> '`' + name + '`').collect(Collectors.joining(", ")))
                            .append(" | ")
                            .append(word(verdict))
                            .append(" | ")
                            .append(verdict.remark())
                            .append(" |\n"));
        }
    }

    /** The names of a line of the list, together again. */
    private static Map<Verdict, List<String>> byVerdict(Census.Type type) {
        Map<Verdict, List<String>> lines = new LinkedHashMap<>();
        type.properties()
                .forEach((name, verdict) ->
                        lines.computeIfAbsent(verdict, any -> new ArrayList<>()).add(name));
        return lines;
    }

    private static String shown(String name) {
        return name.contains(".") ? name.substring(name.lastIndexOf('.') + 1).replace("$Builder", "") : name;
    }

    private static String word(Verdict verdict) {
        return switch (verdict.kind()) {
            case SAME -> "same";
            case BETTER -> "better";
            case NOT_NEEDED -> "not needed";
            case NOT_YET -> "not yet";
            case ONLY -> "same for `" + String.join("`, `", verdict.values()) + "`; others not yet";
        };
    }
}
