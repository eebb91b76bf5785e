package org.millrace.sink.hdfs;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/**
 * A collector's HDFS sink in a process of its own, which writes numbered lines for as long as it may
 * and says which of them it acknowledges. SIGTERM ends it in good order.
 */
final class WritingCollector {
    /** Lines put and not acknowledged, at most. */
    static final int UNDER_WAY = 50;

    private static final String ACKNOWLEDGED = "acknowledged: ";

    private WritingCollector() {}

    /** The lines that a process, whose output is in {@code log}, has acknowledged. */
    static List<String> acknowledged(Path log) {
        try {
            String text = Files.readString(log);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(ACKNOWLEDGED))
                    .map(line -> line.substring(ACKNOWLEDGED.length()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // The arguments are the node's name, the directory, and keys of the sink's section.
    public static void main(String[] args) throws IOException {
        CountDownLatch told = new CountDownLatch(1);
        CompletableFuture<Integer> end = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            Runtime.getRuntime().halt(end.join());
        }));
        try {
            write(args, told);
            end.complete(0);
        } finally {
            end.complete(1);
        }
    }

    private static void write(String[] args, CountDownLatch told) throws IOException {
        // The signal ends the writing; the actor system must not end under it.
        ActorTestKit kit = ActorTestKit.create(
                "writing-collector",
                ConfigFactory.parseString("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off")
                        .withFallback(ConfigFactory.load()));
        try (StoreFixture fixture = new StoreFixture(kit, args[0], args[1], "/", args[2], InstantSource.system())) {
            fixture.onEmitted(transaction -> System.out.println(
                    ACKNOWLEDGED + new String(transaction.batch().copyBody(0), StandardCharsets.UTF_8)));
            StoreFixture.Run run = fixture.runForever();
            for (int i = 0; told.getCount() > 0; i++) {
                fixture.put(Batches.of("s", "line " + i));
                fixture.awaitCommitted(i - UNDER_WAY);
            }
            fixture.awaitAllCommitted();
            run.finish();
        }
        kit.shutdownTestKit();
    }
}
