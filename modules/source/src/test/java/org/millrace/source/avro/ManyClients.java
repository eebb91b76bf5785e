package org.millrace.source.avro;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A program: so many connections, each with half a request, then more of which it says when they have
 * been closed. It keeps the others until it is ended. In a process of its own, since a process may
 * have only so many descriptors.
 */
final class ManyClients {
    static final String CONNECTED = "connected";
    static final String TURNED_AWAY = "turned away";
    private static final int HALF_BYTES = 8_000;
    /** A source address has fewer ports than that. */
    private static final int PER_ADDRESS = 5_000;

    private ManyClients() {}

    /** Port, number of connections, number of those beyond them. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = Integer.parseInt(args[0]);
        int many = Integer.parseInt(args[1]);
        byte[] half = ByteBuffer.allocate(12 + HALF_BYTES)
                .putInt(1)
                .putInt(1)
                .putInt(200_000)
                .array();
        List<Socket> kept = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                Socket socket = connect(port, i);
                socket.getOutputStream().write(half);
                kept.add(socket);
            }
            System.out.println(CONNECTED);
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                try (Socket beyond = connect(port, many + i)) {
                    awaitClosed(beyond);
                }
            }
            System.out.println(TURNED_AWAY);
            Thread.currentThread().join();
        } finally {
            for (Socket socket : kept) {
                socket.close();
            }
        }
    }

    private static Socket connect(int port, int number) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + number / PER_ADDRESS)}), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static void awaitClosed(Socket socket) throws IOException {
        try {
            if (socket.getInputStream().read() >= 0) {
                throw new IOException("the source answers where it should close the connection");
            }
        } catch (SocketException e) {
            // Reset: closed as well.
        }
    }
}
