package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * What every node is told about itself.
 *
 * @param name unique in the cluster, and the same after a restart: names the node's lanes and files
 * @param stateDirectory where it keeps what must survive a restart
 * @param telemetryInterval how often the counters go to the log; zero for never
 */
public record NodeSettings(String name, Path stateDirectory, Duration telemetryInterval) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    /** Reads {@code millrace.node} and {@code millrace.telemetry}. */
    public static NodeSettings from(Config root, ConfigProblems problems) {
        ConfigSection node = ConfigSection.of(root, "millrace.node", problems);
        ConfigSection telemetry = ConfigSection.of(root, "millrace.telemetry", problems);
        String name = node.string("name");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            node.problem("name", "must be letters, digits, - and _, is '" + name + "'");
        }
        NodeSettings settings =
                new NodeSettings(name, node.path("state-directory"), telemetry.duration("log-interval", Duration.ZERO));
        node.rejectUnknownKeys();
        telemetry.rejectUnknownKeys();
        return settings;
    }
}
