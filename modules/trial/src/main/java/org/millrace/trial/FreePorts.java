package org.millrace.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Finds TCP ports that nobody uses at the moment. */
public final class FreePorts {
    private FreePorts() {}

    /** {@code count} different ports, free on the loopback address a moment ago. */
    public static List<Integer> take(int count) {
        List<Integer> ports = new ArrayList<>();
        take(count, ports);
        return ports;
    }

    /** Holds each port open until all are found, or the same one could be found twice. */
    private static void take(int count, List<Integer> ports) {
        if (count == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ports.add(socket.getLocalPort());
            take(count - 1, ports);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }
}
