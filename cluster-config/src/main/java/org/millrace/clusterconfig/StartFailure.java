package org.millrace.clusterconfig;

import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** Says what a user can do about a node that could not start. */
final class StartFailure {
    private StartFailure() {}

    /** The reason in one line, with the key to look at where it is one of the configuration. */
    static String explain(Throwable failure, Optional<ClusterSettings> cluster) {
        Throwable root = rootOf(failure);
        String message = root.getMessage() == null ? root.toString() : root.getMessage();
        return cluster.map(settings -> explain(root, message, settings)).orElse(message);
    }

    private static String explain(Throwable root, String message, ClusterSettings cluster) {
        String address = cluster.bindHost().orElse(cluster.host());
        String addressKey = "millrace.cluster." + (cluster.bindHost().isPresent() ? "bind-host" : "host");
        if (root instanceof UnresolvedAddressException) {
            return addressKey + ": the name " + address + " is not known here; write a name that is, or an address";
        }
        if (!(root instanceof SocketException)) {
            return message;
        }
        if (message.contains("already in use")) {
            return "millrace.cluster.port: port " + cluster.port() + " of " + address
                    + " is in use by another program; end that, or choose a port that is free";
        }
        if (message.contains("Cannot assign requested address")) {
            return addressKey + ": " + address + " is no address of this host; write one that is, and where the other"
                    + " nodes must use another, write that to host and this host's own to bind-host";
        }
        return "millrace.cluster.port: cannot listen on port " + cluster.port() + " of " + address + ": " + message;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
