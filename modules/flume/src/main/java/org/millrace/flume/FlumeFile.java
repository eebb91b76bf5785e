package org.millrace.flume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.settings.Nearest;
import org.millrace.settings.Unreadable;

/** A Flume properties file, which may hold several agents. */
final class FlumeFile {
    private static final Set<String> SECTIONS = Set.of("sources", "channels", "sinks", "sinkgroups", "configfilters");

    private final String name;
    private final Map<String, Property> properties;
    private final boolean readable;

    private FlumeFile(String name, Map<String, Property> properties, boolean readable) {
        this.name = name;
        this.properties = properties;
        this.readable = readable;
    }

    /** Reads a file; one that cannot be read is a mistake like any other. */
    static FlumeFile read(Path path, Findings findings) {
        String text;
        try {
            byte[] bytes = Files.readAllBytes(path);
            try {
                text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                text = new String(bytes, StandardCharsets.ISO_8859_1);
                findings.notice(new Notice(
                        path.toString(),
                        "the file",
                        "bytes that are no UTF-8",
                        "ISO 8859-1",
                        "a file has one of the two"));
            }
        } catch (IOException e) {
            findings.problem(path.toString(), "", Unreadable.why(path, e));
            return new FlumeFile(path.toString(), Map.of(), false);
        }
        return of(path.toString(), text, findings);
    }

    /** The file with this text. */
    static FlumeFile of(String name, String text, Findings findings) {
        Map<String, Property> properties = new LinkedHashMap<>();
        for (Property property : PropertiesText.parse(name, text, findings)) {
            if (property.key().split("\\.", -1).length < 2) {
                findings.problem(
                        property, "belongs to no agent; keys begin as AGENT.sources, AGENT.channels, AGENT.sinks");
                continue;
            }
            Property earlier = properties.put(property.key(), property);
            if (earlier != null) {
                findings.notice(
                        earlier,
                        property.shown(),
                        "the key is written again in line " + property.line() + ", and the last one counts");
            }
        }
        return new FlumeFile(name, properties, true);
    }

    String name() {
        return name;
    }

    /** The names of all agents. */
    Set<String> agents() {
        Set<String> agents = new TreeSet<>();
        properties.keySet().forEach(key -> {
            String[] elements = key.split("\\.", -1);
            if (SECTIONS.contains(elements[1])) {
                agents.add(elements[0]);
            }
        });
        return agents;
    }

    /**
     * The properties of one agent; none, with the mistake noted, where the file does not have it. What a file
     * has that could not be read, nobody knows.
     */
    List<Property> agent(String agent, Substitution substitution, Findings findings) {
        if (!readable) {
            return List.of();
        }
        if (!agents().contains(agent)) {
            String there = agents().isEmpty() ? "it has none" : "it has: " + String.join(", ", agents());
            findings.problem(
                    name, "", "there is no agent '" + agent + "' in it; " + there + Nearest.hint(agent, agents()));
            return List.of();
        }
        List<Property> own = new ArrayList<>();
        for (Property property : properties.values()) {
            if (property.key().startsWith(agent + ".")) {
                own.add(substitution.apply(property, findings));
            }
        }
        return own;
    }
}
