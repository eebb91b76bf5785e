package org.millrace.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters of one sink in the file {@code <sink>.dead-letters.jsonl}: a JSON object a line with
 * {@code time}, {@code sink}, {@code reason}, {@code detail}, {@code source}, {@code position},
 * {@code headers} and {@code body-base64}.
 *
 * <p>A line is written and forced to disk before {@link #record} returns. The file is opened for
 * each line and closed after it: dead letters are rare, and so the file may be moved away or
 * shortened at any time. A line that a crash left unfinished stays as it is; the next one begins on
 * a line of its own.
 *
 * <p>A file at its limit takes nothing more: {@link #record} fails until it was moved away.
 * Counted as {@code deadlettered} of the sink, by reason.
 */
public final class DeadLetterFile implements DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFile.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final String sink;
    private final Path file;
    private final long maxBytes;
    private final InstantSource clock;
    private final Telemetry.Part meters;
    private final Object lock = new Object();
    private long recorded;

    private DeadLetterFile(String sink, DeadLetterSettings settings, Telemetry telemetry, InstantSource clock) {
        this.sink = sink;
        this.file = settings.directory().resolve(sink + ".dead-letters.jsonl");
        this.maxBytes = settings.maxBytes();
        this.clock = clock;
        this.meters = telemetry.part("sink", sink);
    }

    /**
     * The dead letters of a sink; touches no file yet.
     *
     * @param sink the sink's name, the first part of the file's name
     */
    public static DeadLetterFile create(String sink, DeadLetterSettings settings, Telemetry telemetry) {
        return create(sink, settings, telemetry, InstantSource.system());
    }

    static DeadLetterFile create(String sink, DeadLetterSettings settings, Telemetry telemetry, InstantSource clock) {
        return new DeadLetterFile(sink, settings, telemetry, clock);
    }

    /** Where the events are, once there are any. */
    public Path file() {
        return file;
    }

    @Override
    public void record(EventBatch batch, int index, String reason, String detail) throws IOException {
        ByteBuffer line = ByteBuffer.wrap(line(batch, index, reason, detail));
        synchronized (lock) {
            append(line);
            recorded++;
            warn(reason, detail);
        }
        meters.counter("deadlettered", reason).increment();
    }

    /** At the 1st, 2nd, 4th, 8th ...: a flood of dead letters must not become one of log lines. */
    private void warn(String reason, String detail) {
        if (Long.bitCount(recorded) == 1) {
            LOG.warn(
                    "sink {}: {} events since start cannot be stored and are kept in {}; the latest: {}: {}",
                    sink,
                    recorded,
                    file,
                    reason,
                    detail);
        }
    }

    private void append(ByteBuffer line) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        boolean fresh = !Files.exists(file);
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = out.size();
            boolean torn = end > 0 && lastByte(out, end) != '\n';
            long start = torn ? end + 1 : end;
            if (start + line.remaining() > maxBytes) {
                throw new IOException("the dead letters in " + file + " have reached their limit of " + maxBytes
                        + " bytes; move the file away, or raise max-bytes");
            }
            try {
                if (torn) {
                    write(out, ByteBuffer.wrap(new byte[] {'\n'}), end);
                }
                write(out, line, start);
                out.force(true);
            } catch (IOException e) {
                undo(out, end, e);
                throw new IOException("cannot write the dead letters in " + file + ": " + e.getMessage(), e);
            }
        }
        if (fresh) {
            forceDirectory();
        }
    }

    private static byte lastByte(FileChannel in, long end) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        in.read(last, end - 1);
        return last.get(0);
    }

    private static void write(FileChannel out, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += out.write(bytes, at);
        }
    }

    /** An event that counts as not recorded must not stand there in part, or twice after a retry. */
    private static void undo(FileChannel out, long end, IOException cause) {
        try {
            out.truncate(end);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Without this a crash of the machine could forget that the new file exists. */
    private void forceDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private byte[] line(EventBatch batch, int index, String reason, String detail) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + batch.bodyLength(index) * 4 / 3);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("time", clock.instant().toString());
            json.writeStringField("sink", sink);
            json.writeStringField("reason", reason);
            json.writeStringField("detail", detail);
            json.writeStringField("source", batch.source().toString());
            json.writeStringField("position", batch.position(index).toString());
            json.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : new TreeMap<>(batch.headers(index)).entrySet()) {
                json.writeStringField(header.getKey(), header.getValue());
            }
            json.writeEndObject();
            json.writeBinaryField("body-base64", batch.copyBody(index));
            json.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }
}
