package org.millrace.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Finds TCP ports that nobody uses at the moment. */
public final class FreePorts {
    /**
     * Below those that a system gives to outgoing connections (from 32768 on Linux, says its ip-sysctl): a server that
     * starts again on its port would find one of them there now and then.
     */
    private static final int LOWEST = 10_240;

    private static final int END = 32_768;
    private static final int TRIES = 1_000;

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
        try (ServerSocket socket = open()) {
            ports.add(socket.getLocalPort());
            take(count - 1, ports);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }

    private static ServerSocket open() throws IOException {
        IOException taken = new IOException();
        for (int i = 0; i < TRIES; i++) {
            try {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
                return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                taken = e;
            }
        }
        throw taken;
    }
}
