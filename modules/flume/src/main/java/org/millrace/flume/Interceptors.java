package org.millrace.flume;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The interceptors of a Flume source as the list {@code interceptors}. */
final class Interceptors {
    private static final String EXTRACTOR = "org.apache.flume.interceptor.RegexExtractorInterceptor";

    private Interceptors() {}

    /** Takes the interceptors out of a source's properties and writes them, in their order. */
    static void write(Part source, Findings findings, HoconText out) {
        Optional<Property> names = source.take("interceptors");
        Part all = source.takeBelow("interceptors");
        if (names.isPresent()) {
            out.begin("interceptors = [", names.get().where());
            for (String name : names.get().words()) {
                Part part = all.takeBelow(name);
                if (part.isEmpty()) {
                    findings.problem(names.get(), "names '" + name + "', but there is no " + part.path() + ".*");
                } else {
                    part.as(Census.Kind.INTERCEPTOR, null).ifPresent(component -> write(component, out));
                }
            }
            out.end("]");
        }
        for (String rest : all.names()) {
            Property property = all.take(rest).orElseThrow();
            findings.notice(property, "", "its interceptor is not named in " + source.path() + ".interceptors");
        }
    }

    private static void write(Component interceptor, HoconText out) {
        Mapping mapping = new Mapping(interceptor, out);
        out.begin("{", interceptor.where());
        String name = interceptor.type().name();
        out.put("type", typeHere(name), interceptor.where());
        switch (name) {
            case "timestamp" -> {
                mapping.text("headerName", "header-name");
                mapping.bool("preserveExisting", "preserve-existing");
            }
            case "host" -> {
                mapping.text("hostHeader", "host-header");
                mapping.bool("useIP", "use-ip");
                mapping.bool("preserveExisting", "preserve-existing");
            }
            case "static" -> {
                textOr(mapping, "key", "key", "key");
                textOr(mapping, "value", "value", "value");
                mapping.bool("preserveExisting", "preserve-existing");
            }
            case "regex_filter" -> {
                mapping.text("regex", "regex");
                mapping.bool("excludeEvents", "exclude-events");
            }
            case "regex_extractor" -> extractor(mapping);
            case "search_replace" -> {
                interceptor.required("searchPattern").ifPresent(found -> mapping.text(found, "search-pattern"));
                mapping.text("replaceString", "replace-string");
                mapping.text("charset", "charset");
            }
            case "remove_header" -> removeHeader(mapping);
            default -> {
                mapping.text("headerName", "header-name");
                mapping.bool("preserveExisting", "preserve-existing");
                mapping.text("prefix", "prefix");
            }
        }
        interceptor.finish();
        out.end("}");
    }

    /** Flume's word with hyphens; {@code uuid}, which Flume knows by its class only. */
    private static String typeHere(String name) {
        return name.contains(".") ? "uuid" : name.replace('_', '-');
    }

    private static void textOr(Mapping mapping, String property, String key, String flumesDefault) {
        Component interceptor = mapping.component();
        interceptor
                .find(property)
                .ifPresentOrElse(
                        found -> mapping.text(found, key),
                        () -> mapping.out().put(key, HoconText.quoted(flumesDefault), interceptor.where()));
    }

    private static void removeHeader(Mapping mapping) {
        Component interceptor = mapping.component();
        mapping.text("withName", "with-name");
        mapping.text("matching", "matching");
        Optional<Property> separator = interceptor.find("fromListSeparator");
        interceptor.find("fromList").ifPresent(found -> {
            try {
                String by = separator.map(Property::value).orElse("\\s*,\\s*");
                List<String> names = Stream.of(found.value().split(by, -1))
                        .filter(name -> !name.isBlank())
                        .toList();
                mapping.out().put("from-list", HoconText.quoted(names), found.where());
            } catch (PatternSyntaxException e) {
                interceptor
                        .findings()
                        .problem(separator.orElse(found), "is no regular expression: " + e.getDescription());
            }
        });
    }

    private static void extractor(Mapping mapping) {
        Component interceptor = mapping.component();
        Optional<Property> regex = interceptor.required("regex");
        regex.ifPresent(found -> mapping.text(found, "regex"));
        Optional<Property> names = interceptor.required("serializers");
        Part all = new Part(
                interceptor.path() + ".serializers",
                interceptor.where(),
                interceptor.below("serializers."),
                interceptor.findings());
        if (names.isEmpty()) {
            return;
        }
        List<String> words = names.get().words();
        long groups = regex.map(found -> groups(found.value())).orElse(Integer.MAX_VALUE);
        if (words.size() > groups) {
            interceptor
                    .findings()
                    .notice(
                            names.get(),
                            String.join(" ", words.subList(0, (int) groups)),
                            "the regular expression has " + groups + " group(s), and each serializer takes one");
        }
        mapping.out().begin("serializers = [", names.get().where());
        words.stream().limit(groups).forEach(name -> serializer(all.takeBelow(name), interceptor, mapping.out()));
        mapping.out().end("]");
        words.stream().skip(groups).forEach(all::takeBelow);
        all.rejectRest(words);
    }

    /** As many as there may be where the expression is wrong, which is said elsewhere. */
    private static int groups(String regex) {
        try {
            return Pattern.compile(regex).matcher("").groupCount();
        } catch (PatternSyntaxException e) {
            return Integer.MAX_VALUE;
        }
    }

    private static void serializer(Part part, Component interceptor, HoconText out) {
        Optional<Property> name = part.take("name");
        Optional<Property> type = part.take("type");
        Optional<Property> pattern = part.take("pattern");
        if (name.isEmpty()) {
            interceptor.findings().problem(part.where(), part.path() + ".name", "is missing");
            return;
        }
        out.begin("{", part.where());
        out.put("name", HoconText.quoted(name.get().value()), name.get().where());
        String kind = type.map(Property::value).orElse("default");
        if (kind.equals(EXTRACTOR + "MillisSerializer")) {
            out.put("type", "millis", type.get().where());
            pattern.ifPresent(found -> out.put(
                    "pattern", HoconText.quoted(JodaPattern.translate(found, interceptor.findings())), found.where()));
        } else if (!kind.equalsIgnoreCase("default") && !kind.equals(EXTRACTOR + "PassThroughSerializer")) {
            interceptor.findings().problem(type.get(), "the serializer '" + kind + "' is not supported yet");
        }
        out.end("}");
        part.rejectRest(List.of("name", "type", "pattern"));
    }
}
