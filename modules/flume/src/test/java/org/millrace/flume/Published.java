package org.millrace.flume;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** The three published files, byte for byte, and translations of them and others. */
final class Published {
    static final NodeOptions NO_OPTIONS = new NodeOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            NodeOptions.DEFAULT_PORT,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of());

    private Published() {}

    static Path file(String name) {
        try {
            URL url = Objects.requireNonNull(Published.class.getResource(name));
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Surroundings surroundings(Map<String, String> environment) {
        return new Surroundings(environment, new Properties(), () -> "node01.example.org");
    }

    static Translation translate(String file, String name) {
        return translate(file(file), name, NO_OPTIONS);
    }

    static Translation translate(Path file, String name, NodeOptions options) {
        return Translation.of(file, name, Optional.empty(), options, surroundings(Map.of()));
    }
}
