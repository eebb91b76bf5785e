package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.millrace.route.Roles;

class ClusterConfigTest {
    private static final String THREADS = "pekko.actor.internal-dispatcher.fork-join-executor.parallelism-max";
    private static final String BATCHES = "pekko.remote.artery.advanced.use-dispatcher";
    private static final String HEARTBEATS = "pekko.cluster.failure-detector.heartbeat-interval";

    @Test
    void shouldGiveAgentsFewThreadsAndNobodyElse() {
        Config agent = systemConfig(Set.of(Roles.AGENT), "");
        Config collector = systemConfig(Set.of(Roles.COLLECTOR), "");

        assertThat(agent.getInt(THREADS)).isEqualTo(1);
        assertThat(agent.getString(BATCHES)).isEqualTo("pekko.actor.internal-dispatcher");
        assertThat(collector.getInt(THREADS)).isEqualTo(4);
        assertThat(collector.getString(BATCHES)).isEqualTo("pekko.remote.default-remote-dispatcher");
        assertThat(agent.getString(HEARTBEATS)).isEqualTo(collector.getString(HEARTBEATS));
    }

    @Test
    void shouldLetWinWhatIsWritten() {
        assertThat(systemConfig(Set.of(Roles.AGENT), THREADS + " = 3").getInt(THREADS))
                .isEqualTo(3);
    }

    private static Config systemConfig(Set<String> roles, String written) {
        ClusterSettings cluster = new ClusterSettings("127.0.0.1", 2552, Optional.empty(), List.of("127.0.0.1:2552"));
        return ClusterConfig.systemConfig(
                cluster, roles, ConfigFactory.parseString(written).withFallback(ConfigFactory.load()));
    }
}
