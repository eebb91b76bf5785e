package org.millrace.topology;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program {@code millrace bench}: how fast a file gets through an agent and a collector into Kafka
 * and HDFS, all on this machine. The clock starts when the file is moved into the spool directory and
 * stops when both stores have all of it. A shorter file goes through first, because a JVM that has just
 * started tells nothing about one that has run for an hour.
 */
@Command(
        name = "millrace bench",
        mixinStandardHelpOptions = true,
        description =
                "Sends a file through an agent and a collector into a real Kafka and HDFS, all on this machine, and"
                        + " prints the rate, the CPU time and the peak memory. Ends with 0 when both stores have every"
                        + " line exactly.")
final class Bench implements Callable<Integer> {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Instant SAMPLE_START = Instant.parse("2026-01-01T00:00:00Z");

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "length of the measured file, of about 170 bytes a line; default: ${DEFAULT-VALUE}")
    private int lines;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "200000",
            description = "length of the file that goes through before; default: ${DEFAULT-VALUE}")
    private int warmUp;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "where everything is kept, which needs four times the size of the files; emptied first;"
                    + " default: target/bench in the checkout")
    private Path directory = Path.of(System.getProperty("millrace.directory", "target"), "bench");

    @Option(names = "--json", description = "print the result as one JSON object, and nothing else")
    private boolean json;

    private final PrintStream out = System.out;

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Program.run(new Bench(), args);
    }

    @Override
    public Integer call() {
        StateDirectory state = StateDirectory.take(directory);
        state.empty();
        PrintStream chat = json ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) : out;
        try (TrialRun run =
                TrialRun.start(Installation.ofSystemProperties(), state, 0, 0, chat, shape -> shape.priorities(10))) {
            return run(run, state.path(), chat);
        }
    }

    private int run(TrialRun run, Path state, PrintStream chat) {
        try (KafkaReader kafka = run.topology().kafkaReader();
                HdfsReader hdfs = run.topology().hdfsReader()) {
            Path first = state.resolve("warm-up.log");
            Path second = state.resolve("measured.log");
            SampleLog.write(first, warmUp, SAMPLE_START);
            // Other times, so that no line of the one is a line of the other.
            SampleLog.write(second, lines, SAMPLE_START.plus(Duration.ofDays(100)));
            ExpectedLines expected = ExpectedLines.of(List.of(first, second));
            Watch watch = new Watch(run, kafka, hdfs);
            if (warmUp > 0) {
                BenchResult warm = watch.send(first, warmUp);
                chat.printf(Locale.ROOT, "Warm-up: %s%n", warm.text());
            }
            BenchResult result = watch.send(second, lines);
            out.println(json ? result.json() : result.text());
            boolean exact = isExact(kafka, hdfs, expected, chat);
            if (!exact && json) {
                System.err.println("millrace bench: the stores do not have every line exactly");
            }
            return exact ? 0 : 1;
        } catch (RuntimeException e) {
            if (run.isEnding()) {
                return 1;
            }
            throw e;
        }
    }

    private static boolean isExact(KafkaReader kafka, HdfsReader hdfs, ExpectedLines expected, PrintStream chat) {
        ExpectedLines.Tally inKafka = expected.tally();
        kafka.read(inKafka);
        ExpectedLines.Tally inHdfs = expected.tally();
        hdfs.read(inHdfs);
        chat.println("Kafka has " + inKafka.counts().text());
        chat.println("HDFS  has " + inHdfs.counts().text());
        return inKafka.counts().exact() && inHdfs.counts().exact();
    }

    /** Sends files and watches until the stores have them. */
    private static final class Watch {
        private final TrialRun run;
        private final KafkaReader kafka;
        private final HdfsReader hdfs;
        private long recordsBefore;
        private long bytesBefore;

        Watch(TrialRun run, KafkaReader kafka, HdfsReader hdfs) {
            this.run = run;
            this.kafka = kafka;
            this.hdfs = hdfs;
        }

        BenchResult send(Path file, long fileLines) {
            long bytes = size(file);
            Topology topology = run.topology();
            ProcessUse agent = ProcessUse.of(topology.agent().pid());
            ProcessUse collector = ProcessUse.of(topology.collectors().get(0).pid());
            long start = System.nanoTime();
            Path place = topology.drop(file);
            long kafkaDone = 0;
            long hdfsDone = 0;
            while (kafkaDone == 0 || hdfsDone == 0) {
                if (kafkaDone == 0 && kafka.records() >= recordsBefore + fileLines) {
                    kafkaDone = System.nanoTime() - start;
                }
                if (hdfsDone == 0 && hdfs.bytes() >= bytesBefore + bytes) {
                    hdfsDone = System.nanoTime() - start;
                }
                check(topology, place, System.nanoTime() - start);
            }
            recordsBefore += fileLines;
            bytesBefore += bytes;
            return new BenchResult(
                    fileLines,
                    bytes,
                    Duration.ofNanos(kafkaDone),
                    Duration.ofNanos(hdfsDone),
                    agent.since(),
                    collector.since());
        }

        private void check(Topology topology, Path file, long nanos) {
            for (Node node : topology.nodes()) {
                if (!node.isAlive()) {
                    throw new CannotRunException(
                            node.name() + " ended; its log, " + node.log() + ", ends with\n" + node.logTail());
                }
            }
            if (nanos > LIMIT.toNanos()) {
                throw new CannotRunException(file + " is not stored after " + LIMIT.toMinutes()
                        + " minutes: look into the logs of the nodes, such as "
                        + topology.agent().log());
            }
            if (!run.pause(LOOK_EVERY)) {
                throw new CannotRunException("ended before the file was stored");
            }
        }

        private static long size(Path file) {
            try {
                return Files.size(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look at " + file, e);
            }
        }
    }
}
