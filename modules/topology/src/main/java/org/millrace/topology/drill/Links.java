package org.millrace.topology.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.topology.Node;

/**
 * The links between nodes that have an address each. A link that is cut drops all packets in both
 * directions, so that neither side hears anything of the other, not even an error. Done by a packet
 * filter (nftables), and only in a network namespace of the drill's own, which {@code bin/millrace}
 * makes where it can.
 */
final class Links {
    private static final boolean OWN_NETWORK = Boolean.getBoolean("millrace.own-network");

    private boolean filtering;

    /** Whether links can be cut here. */
    static boolean canBeCut() {
        return OWN_NETWORK;
    }

    /** Cuts every link between a node of the one side and a node of the other. */
    void cut(List<Node> oneSide, List<Node> otherSide) {
        List<String> pairs = new ArrayList<>();
        for (Node one : oneSide) {
            for (Node other : otherSide) {
                pairs.add(one.host() + " . " + other.host());
                pairs.add(other.host() + " . " + one.host());
            }
        }
        nft("""
                table ip drill {
                  chain out {
                    type filter hook output priority 0
                    ip saddr . ip daddr { %s } drop
                  }
                }
                """.formatted(pairs.stream().collect(Collectors.joining(", "))));
        filtering = true;
    }

    /** Mends all links. */
    void mend() {
        if (filtering) {
            nft("delete table ip drill\n");
            filtering = false;
        }
    }

    private static void nft(String script) {
        try {
            Process nft = new ProcessBuilder("nft", "-f", "-")
                    .redirectErrorStream(true)
                    .start();
            nft.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
            nft.getOutputStream().close();
            String output = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (nft.waitFor() != 0) {
                throw new IllegalStateException("nft failed: "
                        + Stream.of(output.split("\n")).findFirst().orElse(""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run nft: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
