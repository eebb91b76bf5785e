package org.millrace.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.millrace.topology.Node;

/**
 * The links between nodes that have an address each, all of which go through this JVM, so that they can be
 * cut without a packet filter and without its rights. On a link that is cut neither side hears anything of
 * the other: connections stay open and are silent, new ones too, and who ends his connections is not heard
 * either. What was on its way arrives when the link is mended.
 *
 * <p>Nodes must {@linkplain #BEHIND listen elsewhere} than where the others find them. Stores are not behind
 * these links. Thread-safe.
 */
final class RelayedLinks implements AutoCloseable {
    /** Where a node listens in truth, on the port that it has; the others find a relay at its own address. */
    static final String BEHIND = "127.0.1.1";

    private static final int PIECE = 64 << 10;

    private record Link(String from, String to) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Set<Link> cut = new HashSet<>();
    private boolean closed;

    /** All links between {@code nodes}, none of which runs yet; whole. */
    RelayedLinks(List<Node> nodes) {
        for (Node node : nodes) {
            try {
                ServerSocket door = new ServerSocket();
                keep(door);
                door.bind(new InetSocketAddress(node.host(), node.port()));
                threads.execute(() -> admit(door, node));
            } catch (IOException e) {
                close();
                throw new UncheckedIOException("cannot listen in the place of " + node.name(), e);
            }
        }
    }

    /** Cuts every link between a node and each of the others. */
    synchronized void cut(Node node, List<Node> others) {
        for (Node other : others) {
            cut.add(new Link(node.host(), other.host()));
            cut.add(new Link(other.host(), node.host()));
        }
    }

    /** Mends all links. */
    synchronized void mend() {
        cut.clear();
        notifyAll();
    }

    private synchronized void awaitWhole(Link link) throws InterruptedException {
        while (cut.contains(link)) {
            wait();
        }
    }

    private void admit(ServerSocket door, Node node) {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                keep(client);
                threads.execute(() -> connect(client, node));
            } catch (IOException ended) {
                // The door is closed, or the client has gone again.
            }
        }
    }

    private void connect(Socket client, Node node) {
        Link there = new Link(hostOf(client), node.host());
        try {
            awaitWhole(there);
            Socket server = new Socket(InetAddress.getByName(BEHIND), node.port());
            keep(server);
            threads.execute(() -> carry(server, client, new Link(there.to(), there.from())));
            carry(client, server, there);
        } catch (IOException notListening) {
            end(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nodes connect from their own addresses. */
    private static String hostOf(Socket client) {
        return client.getInetAddress().getHostAddress();
    }

    private void carry(Socket from, Socket to, Link link) {
        try {
            copy(from, to, link);
            awaitWhole(link);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(from);
        end(to);
    }

    private void copy(Socket from, Socket to, Link link) throws InterruptedException {
        byte[] piece = new byte[PIECE];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(piece);
            while (length >= 0) {
                awaitWhole(link);
                out.write(piece, 0, length);
                length = in.read(piece);
            }
        } catch (IOException ended) {
            // One of them has closed it; the other is told as soon as it can hear of it.
        }
    }

    /** Keeps what must be closed in the end. */
    private synchronized void keep(AutoCloseable socket) throws IOException {
        if (closed) {
            end(socket);
            throw new IOException("closed");
        }
        open.add(socket);
    }

    private static void end(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + socket, e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.forEach(RelayedLinks::end);
        threads.shutdownNow();
    }
}
