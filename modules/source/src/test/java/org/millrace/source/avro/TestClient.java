package org.millrace.source.avro;

import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.millrace.avrorpc.ClientSession;
import org.millrace.avrorpc.Frame;
import org.millrace.avrorpc.FrameAssembler;
import org.millrace.avrorpc.Status;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** A client on a real socket, which also says what no client should. Blocks; not thread-safe. */
final class TestClient implements Closeable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final Duration TRICKLE = Duration.ofMillis(20);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ClientSession session = new ClientSession();
    private final FrameAssembler assembler = new FrameAssembler(1 << 20);
    private int serial;

    private TestClient(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    static TestClient connect(int port) throws IOException {
        return over(connected(new Socket(), port), false);
    }

    static TestClient over(Socket socket, boolean compressed) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        return compressed
                ? new TestClient(
                        socket, new InflaterInputStream(in), new DeflaterOutputStream(out, new Deflater(6), 512, true))
                : new TestClient(socket, in, out);
    }

    static Socket connected(Socket socket, int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Asks to take a batch of these bodies. */
    TestClient send(String... bodies) throws IOException {
        byte[] slab = String.join("", bodies).getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder batch = EventBatch.builder(new SourceId("client", 1), 0, 0, Map.of("host", "a"), slab);
        int at = 0;
        for (int i = 0; i < bodies.length; i++) {
            int length = bodies[i].getBytes(StandardCharsets.UTF_8).length;
            batch.add(at, length, i + 1);
            at += length;
        }
        return raw(session.appendBatch(++serial, batch.build()).toBytes().toArray());
    }

    TestClient raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Writes until it is done, or the server closes the connection, and waits for that. */
    void rawUntilClosed(byte[] bytes) throws IOException {
        try {
            raw(bytes);
        } catch (SocketException e) {
            // Closed before everything was written.
            return;
        }
        awaitClosed();
    }

    /** Writes a byte again and again, until the server closes the connection. */
    void trickleUntilClosed() {
        await().atMost(Duration.ofMillis(PATIENCE_MILLIS)).pollInterval(TRICKLE).until(() -> {
            try {
                raw(new byte[] {'x'});
                return false;
            } catch (SocketException e) {
                return true;
            }
        });
    }

    /** Whether anything has come that is not read yet. */
    boolean hasAnswer() throws IOException {
        return socket.getInputStream().available() > 0;
    }

    /** The answer to the oldest request without one. */
    Status answer() throws IOException {
        byte[] one = new byte[1];
        Optional<Frame> frame = Optional.empty();
        while (frame.isEmpty()) {
            if (in.read(one) < 0) {
                throw new IOException("closed");
            }
            frame = assembler.take(ByteBuffer.wrap(one));
        }
        return ((ClientSession.Verdict) session.read(frame.get())).status();
    }

    /** Reads until the server closes the connection. */
    void awaitClosed() throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // Whatever it still says.
            }
        } catch (SocketException e) {
            // Reset: closed as well.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
