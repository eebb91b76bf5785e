package org.millrace.source.node;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * What the sources of one node have for themselves alone, the directories that they read and the ports
 * that they listen on, while their sections are read one after the other. Not thread-safe.
 */
public final class Claims {
    private static final String PORT = "port";
    private static final String DIRECTORY = "directory";
    private static final int HIGHEST_PORT = 65_535;

    private record Listener(ListenAddress address, ConfigSection section) {}

    private final Map<Path, ConfigSection> directories = new HashMap<>();
    private final List<Listener> listeners = new ArrayList<>();

    /** The source of {@code section} reads {@code directory}; a mistake when another does. */
    void read(ConfigSection section, Path directory) {
        ConfigSection other = directories.putIfAbsent(directory.toAbsolutePath().normalize(), section);
        if (other != null) {
            section.problem(
                    DIRECTORY,
                    "source " + other.name() + " reads the same directory (" + other.whereOf(DIRECTORY)
                            + "); one of them would take the other's files away");
        }
    }

    /** The source of {@code section} listens on {@code address}; a mistake when another does. */
    void listen(ConfigSection section, ListenAddress address) {
        listeners.stream()
                .filter(other -> other.address().excludes(address))
                .findFirst()
                .ifPresent(other -> section.problem(
                        PORT,
                        "source " + other.section().name() + " listens on the same port ("
                                + other.section().whereOf(PORT) + "); only one of them can"));
        listeners.add(new Listener(address, section));
    }

    /**
     * Notes each source that listens where the node does for its cluster. Only for a node that joins one;
     * what is wrong with {@code millrace.cluster} itself, its own reader says.
     */
    public void refuseClusterPort(Config root) {
        ConfigSection cluster = ConfigSection.of(root, "millrace.cluster", new ConfigProblems());
        Optional<String> host = cluster.optionalString("bind-host").or(() -> cluster.optionalString("host"));
        if (host.isEmpty()) {
            return;
        }
        ListenAddress own = new ListenAddress(host.get(), cluster.integer(PORT, 0, HIGHEST_PORT));
        listeners.stream()
                .filter(listener -> listener.address().excludes(own))
                .forEach(listener -> listener.section()
                        .problem(
                                PORT,
                                "the node listens on the same port for its cluster (" + cluster.fullKey(PORT) + ", "
                                        + cluster.whereOf(PORT) + "); choose another"));
    }
}
