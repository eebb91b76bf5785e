package org.millrace.source.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.millrace.event.EventBatch;
import org.millrace.source.SourceControl;
import org.millrace.telemetry.Telemetry;

/** A process to be killed: stores every event as a line of a file, and commits it then. */
final class CrashVictim {
    private CrashVictim() {}

    /** Arguments: the directory of the spool and the state, and the file to store in. */
    public static void main(String[] args) throws IOException {
        SpoolDirectorySettings settings = TestSettings.of(Path.of(args[0]), "batch-bytes = 1024, max-event = 64");
        FileChannel store = FileChannel.open(
                Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "victim");
        Pair<SourceControl, SinkQueueWithCancel<EventBatch>> running = SpoolDirectorySource.create(
                        settings, Telemetry.inMemory())
                .map(batch -> stored(batch, store))
                .throttle(10, Duration.ofMillis(10))
                .toMat(Sink.queue(), Keep.both())
                .run(system);
        while (true) {
            EventBatch next =
                    running.second().pull().toCompletableFuture().join().orElseThrow();
            running.first().committed(next.last());
        }
    }

    private static EventBatch stored(EventBatch batch, FileChannel store) {
        StringBuilder lines = new StringBuilder();
        for (Sent event : Sent.of(batch)) {
            lines.append(event.position()).append(' ').append(event.basename());
            lines.append(' ').append(event.headers().getOrDefault("line-part", "-"));
            lines.append(' ').append(event.body()).append('\n');
        }
        try {
            // One write, so that a kill leaves all of it or nothing.
            store.write(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return batch;
    }
}
