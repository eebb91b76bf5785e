package org.millrace.topology;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code millrace quickstart}: everything on this machine, with a sample to watch. */
@Command(
        name = "millrace quickstart",
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        description = {
            "Starts a real Kafka, a real HDFS, two collectors and an agent on this machine, sends a sample web log"
                    + " through them, reads it back out of both stores, and stays up. Ctrl-C stops everything.",
            "Started again, it goes on with what it stored before.",
            "Ends with 1 when a store did not get every line of the sample exactly, and with 2 when it cannot be carried"
                    + " out."
        })
final class Quickstart implements Callable<Integer> {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final Duration SAMPLE_LIMIT = Duration.ofMinutes(2);
    /** The agent logs its counts each second. */
    private static final Duration COUNTS_LIMIT = Duration.ofSeconds(3);

    @Option(names = "--once", description = "end after the sample: with 0 when both stores have every line exactly")
    private boolean once;

    @Option(names = "--clean", description = "remove what earlier quickstarts left behind, and end")
    private boolean clean;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "where everything is kept; default: target/quickstart in the checkout")
    private Path directory = Program.directory("quickstart");

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "10000",
            description = "length of the sample; default: ${DEFAULT-VALUE}")
    private int lines;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "where Kafka's clients connect; default: a free port")
    private int kafkaPort;

    @Option(
            names = "--hdfs-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "where HDFS's clients connect; default: a free port")
    private int hdfsPort;

    private final PrintStream out = System.out;
    private final ProgressLine progressLine = new ProgressLine(out, Boolean.getBoolean("millrace.terminal"));

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Program.run(new Quickstart(), args);
    }

    @Override
    public Integer call() {
        if (clean) {
            boolean removed = StateDirectory.remove(directory);
            out.println((removed ? "Removed " : "There is no ")
                    + directory.toAbsolutePath().normalize());
            return 0;
        }
        StateDirectory state = StateDirectory.take(directory);
        try (TrialRun run =
                TrialRun.start(Installation.ofSystemProperties(), state, kafkaPort, hdfsPort, out, shape -> shape)) {
            return run(run, state.path());
        }
    }

    private int run(TrialRun run, Path state) {
        try {
            boolean exact = sendSample(run, state);
            if (!once) {
                stayUp(run);
            }
            return exact ? 0 : 1;
        } catch (RuntimeException e) {
            if (run.isEnding()) {
                return 1;
            }
            throw e;
        }
    }

    private boolean sendSample(TrialRun run, Path state) {
        Topology topology = run.topology();
        if (!topology.awaitReady(READY_LIMIT) && !run.isEnding()) {
            out.println("The collectors have not all reached their stores yet; going on all the same");
        }
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Path sample = state.resolve("sample-" + start.getEpochSecond() + ".log");
        SampleLog.write(sample, lines, start);
        ExpectedLines expected = ExpectedLines.of(List.of(sample));
        Path dropped = topology.drop(sample);
        out.println(String.format(Locale.ROOT, "Dropped %,d lines into %s", lines, topology.spool()));
        awaitCompleted(run, dropped);
        if (run.isEnding()) {
            return false;
        }
        ExpectedLines.Counts kafka = readKafka(topology, expected);
        ExpectedLines.Counts hdfs = readHdfs(topology, expected);
        out.println("Kafka has " + kafka.text() + ": topic " + topology.topic());
        out.println("HDFS  has " + hdfs.text() + ": " + topology.hdfsUri());
        return kafka.exact() && hdfs.exact();
    }

    private static ExpectedLines.Counts readKafka(Topology topology, ExpectedLines expected) {
        ExpectedLines.Tally tally = expected.tally();
        try (KafkaReader reader = topology.kafkaReader()) {
            reader.read(tally);
        }
        return tally.counts();
    }

    private static ExpectedLines.Counts readHdfs(Topology topology, ExpectedLines expected) {
        ExpectedLines.Tally tally = expected.tally();
        try (HdfsReader reader = topology.hdfsReader()) {
            reader.read(tally);
        }
        return tally.counts();
    }

    /** Shows the progress until the file is completed and the agent's counts tell so. */
    private void awaitCompleted(TrialRun run, Path file) {
        Topology topology = run.topology();
        AgentLog log = topology.agentLog();
        Progress progress = new Progress(topology::nameOf, System.nanoTime());
        long giveUp = System.nanoTime() + SAMPLE_LIMIT.toNanos();
        long countsBy = 0;
        boolean completed = false;
        boolean done = false;
        while (!done && run.pause(LOOK_EVERY)) {
            long now = System.nanoTime();
            AgentLog.View view = log.look();
            progressLine.show(progress.text(view, now));
            if (!completed && Files.exists(Topology.completed(file))) {
                completed = true;
                countsBy = now + COUNTS_LIMIT.toNanos();
            }
            done = completed && (view.committed() >= lines || now - countsBy > 0);
            if (!done) {
                checkProgressing(topology, file, now - giveUp > 0);
            }
        }
        progressLine.end();
    }

    private void checkProgressing(Topology topology, Path file, boolean late) {
        for (Node node : topology.nodes()) {
            if (!node.isAlive()) {
                progressLine.end();
                throw new CannotRunException(
                        node.name() + " ended; its log, " + node.log() + ", ends with\n" + node.logTail());
            }
        }
        if (late) {
            progressLine.end();
            throw new CannotRunException(file + " is not stored after " + SAMPLE_LIMIT.toMinutes()
                    + " minutes: look into the logs of the nodes, such as "
                    + topology.agent().log());
        }
    }

    private void stayUp(TrialRun run) {
        Topology topology = run.topology();
        Node active = topology.collectors().get(0);
        out.println();
        out.println("Move files into " + topology.spool() + " and watch; Ctrl-C stops everything.");
        out.println("To see a failover: kill -9 " + active.pid()
                + "; to bring it back: bin/millrace collector --config " + active.config());
        out.println();
        AgentLog log = topology.agentLog();
        Progress progress = new Progress(topology::nameOf, System.nanoTime());
        Set<String> ended = new HashSet<>();
        while (run.pause(LOOK_EVERY)) {
            progressLine.show(progress.text(log.look(), System.nanoTime()));
            for (Node node : topology.nodes()) {
                if (!node.isAlive() && !run.isEnding() && ended.add(node.name())) {
                    progressLine.end();
                    out.println(node.name() + " ended; its log: " + node.log());
                }
            }
        }
    }
}
