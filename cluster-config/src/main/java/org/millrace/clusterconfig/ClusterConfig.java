package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.millrace.route.Roles;

/** Builds the configuration of an actor system that is a member of a Millrace cluster. */
public final class ClusterConfig {
    /** The name of every actor system of the cluster; members find each other by it. */
    public static final String SYSTEM_NAME = "millrace";

    private static final String ADDRESS_PREFIX = "pekko://" + SYSTEM_NAME + "@";

    private static final String FILE = "millrace-cluster.conf";
    private static final String AGENT_FILE = "millrace-agent.conf";

    private ClusterConfig() {}

    /**
     * What {@code ActorSystem.create} needs.
     *
     * @param roles the node's roles, such as {@code agent}
     * @param rest everything else; what it says goes before {@code millrace-cluster.conf}, and an agent's
     *     {@code millrace-agent.conf}, and after {@code cluster} and {@code roles}, but its own defaults do not
     */
    public static Config systemConfig(ClusterSettings cluster, Set<String> roles, Config rest) {
        Map<String, Object> own = Map.of(
                "pekko.remote.artery.canonical.hostname", cluster.host(),
                "pekko.remote.artery.canonical.port", cluster.port(),
                "pekko.remote.artery.bind.hostname", cluster.bindHost().orElse(cluster.host()),
                "pekko.cluster.seed-nodes", seeds(cluster),
                "pekko.cluster.roles", List.copyOf(roles));
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, Object> entry : own.entrySet()) {
            config = config.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue()));
        }
        return config.withFallback(withClusterDefaults(roles, rest)).resolve();
    }

    /** As {@link #systemConfig}, for a node that joins no cluster and listens on no port for one. */
    static Config systemConfigAlone(Set<String> roles, Config rest) {
        return ConfigFactory.parseString("pekko.actor.provider = local")
                .withFallback(withClusterDefaults(roles, rest))
                .resolve();
    }

    /** The seed nodes' addresses, as the cluster writes them. */
    static List<String> seeds(ClusterSettings cluster) {
        return cluster.seedNodes().stream().map(seed -> ADDRESS_PREFIX + seed).toList();
    }

    /** Whether {@code text} is the address of a node, as the cluster writes it. */
    static boolean isAddress(String text) {
        return text.startsWith(ADDRESS_PREFIX)
                && ClusterSettings.isHostAndPort(text.substring(ADDRESS_PREFIX.length()));
    }

    /**
     * {@code millrace-cluster.conf} must win over the defaults of Pekko's own modules, which {@code
     * rest} contains already, and lose against what a user wrote.
     */
    private static Config withClusterDefaults(Set<String> roles, Config rest) {
        Config written = rest.root().entrySet().isEmpty() ? rest : onlyWritten(rest);
        Config ofAgents = roles.contains(Roles.AGENT) ? resource(AGENT_FILE) : ConfigFactory.empty();
        return written.withFallback(ofAgents)
                .withFallback(resource(FILE))
                .withFallback(rest)
                .withFallback(ConfigFactory.defaultReference());
    }

    private static Config resource(String file) {
        return ConfigFactory.parseResources(ClusterConfig.class.getClassLoader(), file);
    }

    /** The part of {@code rest} that differs from the modules' defaults. */
    private static Config onlyWritten(Config rest) {
        Config defaults = ConfigFactory.defaultReference();
        Config written = ConfigFactory.empty();
        for (Map.Entry<String, com.typesafe.config.ConfigValue> entry : rest.entrySet()) {
            boolean isDefault =
                    defaults.hasPathOrNull(entry.getKey()) && sameValue(defaults, entry.getKey(), entry.getValue());
            if (!isDefault) {
                written = written.withValue(entry.getKey(), entry.getValue());
            }
        }
        return written;
    }

    private static boolean sameValue(Config defaults, String path, com.typesafe.config.ConfigValue value) {
        return !defaults.getIsNull(path) && defaults.getValue(path).unwrapped().equals(value.unwrapped());
    }
}
