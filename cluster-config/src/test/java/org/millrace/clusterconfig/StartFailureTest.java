package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartFailureTest {
    /** Too long for a name server to be asked about it. */
    private static final String UNKNOWN = "no-such-host-" + "x".repeat(60);

    @Test
    void shouldSayThatThePortIsTaken() throws IOException {
        try (ServerSocketChannel other =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            int port = other.socket().getLocalPort();
            assertThat(explain(cluster("127.0.0.1", port, Optional.empty())))
                    .isEqualTo("millrace.cluster.port: port " + port + " of 127.0.0.1 is in use by another program; end"
                            + " that, or choose a port that is free");
        }
    }

    @Test
    void shouldSayThatTheHostIsNotKnown() {
        assertThat(explain(cluster(UNKNOWN, 2552, Optional.empty())))
                .startsWith("millrace.cluster.host: the name " + UNKNOWN + " is not known here");
    }

    /** 192.0.2.0/24 is for documentation: no host has it. */
    @Test
    void shouldSayThatTheAddressIsNotThisHosts() {
        assertThat(explain(cluster("192.0.2.1", 2552, Optional.empty())))
                .startsWith("millrace.cluster.host: 192.0.2.1 is no address of this host");
        assertThat(explain(cluster("node01", 2552, Optional.of("192.0.2.1"))))
                .startsWith("millrace.cluster.bind-host: 192.0.2.1 is no address of this host");
    }

    @Test
    void shouldPassOnWhatItDoesNotKnow() {
        ClusterSettings cluster = cluster("node01", 2552, Optional.empty());
        assertThat(StartFailure.explain(
                        new IllegalStateException("outer", new IOException("disk full")), Optional.of(cluster)))
                .isEqualTo("disk full");
        assertThat(StartFailure.explain(new IllegalStateException(), Optional.of(cluster)))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(StartFailure.explain(new IllegalStateException(new IOException("disk full")), Optional.empty()))
                .isEqualTo("disk full");
    }

    private static ClusterSettings cluster(String host, int port, Optional<String> bindHost) {
        return new ClusterSettings(host, port, bindHost, List.of("node04:2552"));
    }

    /** What is said about an address that cannot be listened on, in the wrapping of a start. */
    private static String explain(ClusterSettings cluster) {
        Throwable failure = catchThrowable(() -> {
            try (ServerSocketChannel channel = ServerSocketChannel.open()) {
                channel.bind(new InetSocketAddress(cluster.bindHost().orElse(cluster.host()), cluster.port()));
            }
        });
        assertThat(failure).isNotNull();
        return StartFailure.explain(new IllegalStateException("cannot start", failure), Optional.of(cluster));
    }
}
