package org.millrace.flume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Flume's source {@code avro} as a source of type {@code avro}: the same protocol on the same port. */
final class AvroSource {
    /** Flume leaves it out whatever is written. */
    private static final String ALWAYS_EXCLUDED = "SSLv3";

    private AvroSource() {}

    static void write(Component source, Hosts hosts, HoconText out) {
        Mapping mapping = new Mapping(source, out);
        out.put("type", "avro", source.where());
        source.required("bind")
                .ifPresent(
                        found -> out.put("bind", HoconText.quoted(hosts.resolve(found.value(), found)), found.where()));
        source.required("port")
                .ifPresent(found ->
                        source.number(found, 1).ifPresent(port -> out.put("port", Long.toString(port), found.where())));
        mapping.choice("compression-type", "compression", new TreeMap<>(Map.of("none", "none", "deflate", "deflate")));
        Optional<Property> ssl = source.find("ssl");
        if (ssl.flatMap(source::bool).orElse(false)) {
            out.open("tls", ssl.get().where());
            out.put("enabled", "true", ssl.get().where());
            source.required("keystore").ifPresent(found -> mapping.text(found, "keystore"));
            mapping.text("keystore-password", "keystore-password");
            mapping.text("keystore-type", "keystore-type");
            list(source, "include-protocols", List.of(), out);
            list(source, "exclude-protocols", List.of(ALWAYS_EXCLUDED), out);
            list(source, "include-cipher-suites", List.of(), out);
            list(source, "exclude-cipher-suites", List.of(), out);
            out.close();
        } else {
            source.notNeeded(
                    List.of(
                            "keystore",
                            "keystore-password",
                            "keystore-type",
                            "include-protocols",
                            "exclude-protocols",
                            "include-cipher-suites",
                            "exclude-cipher-suites"),
                    "not needed where ssl is not true");
        }
        if (source.peek("ipFilter")
                .filter(found -> found.value().equalsIgnoreCase("true"))
                .isEmpty()) {
            source.notNeeded(List.of("ipFilterRules"), "not needed where ipFilter is not true");
        }
        source.finish();
    }

    private static void list(Component source, String property, List<String> always, HoconText out) {
        source.find(property).ifPresent(found -> {
            List<String> all = Stream.concat(found.words().stream(), always.stream())
                    .distinct()
                    .toList();
            out.put(property, HoconText.quoted(all), found.where());
        });
    }
}
