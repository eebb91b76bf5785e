package org.millrace.flume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.settings.Nearest;

/** One agent of a Flume file: its components as its lists name them. */
final class FlumeAgent {
    private static final List<String> LISTS = List.of("sources", "channels", "sinks", "sinkgroups");

    private final String file;
    private final String name;
    private final Findings findings;
    private final Map<String, Map<String, Part>> parts = new LinkedHashMap<>();

    private FlumeAgent(String file, String name, Findings findings) {
        this.file = file;
        this.name = name;
        this.findings = findings;
    }

    /** Takes an agent's properties apart; what belongs nowhere is noted. */
    static FlumeAgent of(FlumeFile file, String name, List<Property> properties, Findings findings) {
        FlumeAgent agent = new FlumeAgent(file.name(), name, findings);
        Part rest = new Part(name, file.name(), agent.byRest(properties), findings);
        LISTS.forEach(list -> agent.parts.put(list, agent.parts(list, rest)));
        agent.refuseFilters(rest);
        rest.rejectRest(LISTS);
        return agent;
    }

    String name() {
        return name;
    }

    /** The place of what the file does not say. */
    String where() {
        return file;
    }

    Findings findings() {
        return findings;
    }

    /** The components of a list, in its order. */
    List<Part> parts(String list) {
        return List.copyOf(parts.get(list).values());
    }

    Set<String> names(String list) {
        return parts.get(list).keySet();
    }

    /** What is wrong with the name of a channel that is not there. */
    String noChannel(String channel) {
        return "there is no channel '" + channel + "'; there are: " + String.join(", ", names("channels"))
                + Nearest.hint(channel, names("channels"));
    }

    private Map<String, Property> byRest(List<Property> properties) {
        Map<String, Property> byRest = new LinkedHashMap<>();
        properties.forEach(property -> byRest.put(property.key().substring(name.length() + 1), property));
        return byRest;
    }

    private Map<String, Part> parts(String list, Part rest) {
        Optional<Property> names = rest.take(list);
        Map<String, List<Property>> configured = new LinkedHashMap<>();
        String beginning = name + "." + list + ".";
        Part below = rest.takeBelow(list);
        for (String key : below.names()) {
            Property property = below.take(key).orElseThrow();
            configured
                    .computeIfAbsent(key.split("\\.", -1)[0], any -> new ArrayList<>())
                    .add(property);
        }
        Map<String, Part> found = new LinkedHashMap<>();
        for (String element : new LinkedHashSet<>(names.map(Property::words).orElse(List.of()))) {
            List<Property> own = configured.remove(element);
            if (own == null) {
                findings.problem(
                        names.get(),
                        "names '" + element + "', but there is no " + beginning + element + ".*"
                                + Nearest.hint(element, configured.keySet()));
            } else {
                found.put(element, part(beginning + element, own));
            }
        }
        noticeUnlisted(list, configured, names);
        return found;
    }

    private Part part(String path, List<Property> own) {
        Map<String, Property> properties = new LinkedHashMap<>();
        for (Property property : own) {
            if (property.key().length() > path.length() + 1) {
                properties.put(property.key().substring(path.length() + 1), property);
            } else {
                findings.problem(property, "must go on with a dot and the name of a property");
            }
        }
        return new Part(path, own.get(0).where(), properties, findings);
    }

    private void noticeUnlisted(String list, Map<String, List<Property>> unlisted, Optional<Property> names) {
        unlisted.forEach((element, own) -> findings.notice(new Notice(
                own.get(0).where(),
                name + "." + list + "." + element,
                own.size() + " properties",
                "",
                "'" + element + "' is not in " + name + "." + list
                        + names.map(property -> " (line " + property.line() + ")")
                                .orElse(", which is not there"))));
    }

    private void refuseFilters(Part rest) {
        rest.take("configfilters")
                .ifPresent(property -> findings.problem(
                        property, "Flume's configuration filters are not supported yet; use ${env:X}"));
        rest.takeBelow("configfilters");
    }
}
