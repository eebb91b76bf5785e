package org.millrace.topology.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.Installation;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Lines;
import org.millrace.topology.Node;
import org.millrace.topology.StateDirectory;
import org.millrace.topology.Topology;
import org.millrace.topology.TrialRun;
import org.millrace.topology.feed.FedLane;
import org.millrace.topology.feed.Feed;

/**
 * One measurement, with nodes and stores of its own: all start, the warm-up goes through, something is
 * measured, and all that the stores have is read back. Closing it ends everything.
 */
final class Course implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Where lines queue for seconds, the time matters less than what the looks cost the stores. */
    private static final Duration LOOK_UNDER_LOAD_EVERY = Duration.ofMillis(500);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    /** A directory that once held many files stays slow to look through. */
    private static final int WAVE_FILES = 250;

    private final TrialRun run;
    private final Topology topology;
    private final Setup setup;
    private final Load load;
    private final Path directory;
    private final List<FedLane> lanes;
    private final Feed feed;
    private final KafkaReader kafka;
    private final HdfsWatch hdfs;
    private final Sender sender;

    private Course(TrialRun run, Setup setup, Load load, Path directory, Duration lookEvery) {
        this.run = run;
        this.topology = run.topology();
        this.setup = setup;
        this.load = load;
        this.directory = directory;
        this.lanes = Setup.lanes(directory, load.lanes());
        this.feed = new Feed(lanes, load.lineLength(), directory.resolve("feed"));
        this.kafka = topology.kafkaReader();
        this.hdfs = new HdfsWatch(topology.hdfsReader(), lookEvery);
        this.sender = new Sender(run, feed, load.lineLength(), kafka, hdfs);
    }

    /**
     * Starts everything, and waits until the collectors have reached their stores.
     *
     * @param state emptied first; given away when the course is closed
     * @param held whether it is to {@link #hold} a rate, and files are not kept
     * @param chat tells the user
     */
    static Course start(StateDirectory state, Setup setup, Load load, boolean held, PrintStream chat) {
        state.empty();
        List<FedLane> lanes = Setup.lanes(state.path(), load.lanes());
        lanes.forEach(Course::makeSpool);
        TrialRun run = TrialRun.start(
                Installation.ofSystemProperties(),
                state,
                0,
                0,
                chat,
                shape -> setup.shape(shape, lanes, held ? "delete" : "rename"));
        try {
            run.requireReady(PATIENCE);
            return new Course(run, setup, load, state.path(), held ? LOOK_EVERY : LOOK_UNDER_LOAD_EVERY);
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    private static void makeSpool(FedLane lane) {
        try {
            Files.createDirectories(lane.spool());
        } catch (IOException e) {
            throw new CannotRunException("cannot make " + lane.spool() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Measures all lines at once.
     *
     * @param limits whether to measure too what the stores take without us; ends the nodes
     */
    Result load(boolean limits) {
        List<Sender.Part> warmUp = writeWarmUp(load.of(setup.warmUp()));
        Map<String, Long> before = fed();
        List<Sender.Part> measured = write(load);
        List<Path> warmUpFiles = sender.send(warmUp);
        Meters meters = new Meters();
        long start = System.currentTimeMillis();
        List<Path> measuredFiles = sender.send(measured);
        Map<String, StoreTally.Fed> fed = fedSince(before);
        Meters.Uses uses = meters.uses();
        Result.Stored inKafka = readKafka(new StoreTally(fed, start));
        Result.Stored inHdfs = readHdfs(new StoreTally(fed, start));
        Duration time = Duration.ofMillis(
                Math.max(inKafka.latencies().max(), inHdfs.latencies().max()));
        Result result = result(Result.Kind.LOAD, time, inKafka, inHdfs, uses);
        return limits ? result.withLimits(limits(warmUpFiles, measuredFiles)) : result;
    }

    private List<Sender.Part> writeWarmUp(Load files) {
        return setup.warmUp() > 0 ? write(files) : List.of();
    }

    private List<Sender.Part> write(Load files) {
        List<Sender.Part> parts = new ArrayList<>();
        for (int i = 0; i < files.filesPerLane(); i++) {
            for (FedLane lane : lanes) {
                parts.add(new Sender.Part(lane, feed.write(lane, files.linesPerFile()), files.linesPerFile()));
            }
        }
        return parts;
    }

    /** Measures the lines of {@code time}, fed one after another at the rate. */
    Result hold(Rate rate) {
        List<Sender.Part> warmUp = writeWarmUp(rate.warmUp(lanes.size(), setup.warmUp(), load.lineLength()));
        for (int i = 0; i < warmUp.size(); i += WAVE_FILES) {
            sender.send(warmUp.subList(i, Math.min(warmUp.size(), i + WAVE_FILES)));
        }
        feed.start(rate.linesPerSecond(), rate.fileEvery());
        sender.pause(rate.settle());
        Map<String, Long> before = fed();
        Meters meters = new Meters();
        sender.pause(rate.time());
        Meters.Uses uses = meters.uses();
        Duration time = meters.time();
        feed.stop();
        Map<String, StoreTally.Fed> fed = fedSince(before);
        sender.awaitConsumed(fed().values().stream().mapToLong(Long::longValue).sum());
        return result(
                Result.Kind.HELD_RATE, time, readKafka(new StoreTally(fed, 0)), readHdfs(new StoreTally(fed, 0)), uses);
    }

    private Map<String, Long> fed() {
        Map<String, Long> fed = new HashMap<>();
        lanes.forEach(lane -> fed.put(lane.name(), feed.fed(lane.name())));
        return fed;
    }

    private Map<String, StoreTally.Fed> fedSince(Map<String, Long> before) {
        Map<String, StoreTally.Fed> fed = new HashMap<>();
        before.forEach((lane, measured) -> fed.put(lane, new StoreTally.Fed(measured, feed.fed(lane))));
        return fed;
    }

    private Result result(
            Result.Kind kind, Duration time, Result.Stored inKafka, Result.Stored inHdfs, Meters.Uses uses) {
        List<String> objections = new ArrayList<>(sender.objections());
        objections.addAll(inKafka.counts().objections("Kafka"));
        objections.addAll(inHdfs.counts().objections("HDFS"));
        return new Result(
                kind,
                inKafka.latencies().count(),
                load.lineLength(),
                time,
                inKafka,
                inHdfs,
                uses.agents(),
                uses.collectors(),
                uses.others(),
                Optional.empty(),
                objections);
    }

    private Result.Stored readKafka(StoreTally tally) {
        kafka.readFrom(0, record -> tally.line(record.value(), 0, record.value().length, record.timestamp()));
        return new Result.Stored(tally.counts(), tally.latencies());
    }

    private Result.Stored readHdfs(StoreTally tally) {
        hdfs.look();
        hdfs.stop();
        try (HdfsReader reader = topology.hdfsReader()) {
            reader.read(new Lines() {
                private String file;
                private long end;

                @Override
                public void begin(String sequence) {
                    file = sequence;
                    end = 0;
                    tally.begin();
                }

                @Override
                public void line(byte[] buffer, int offset, int length) {
                    end += length + 1;
                    tally.line(buffer, offset, length, hdfs.seenAt(file, end));
                }
            });
        }
        return new Result.Stored(tally.counts(), tally.latencies());
    }

    private Limits limits(List<Path> warmUp, List<Path> measured) {
        Path config = topology.collectors().get(0).config();
        topology.close();
        return new BareRun(topology.stores(), config, directory).measure(warmUp, measured, load.lines());
    }

    /** Measures all processes from the moment at which it is made. */
    private final class Meters {
        private final List<ProcessMeter> agents = of(topology.agents());
        private final List<ProcessMeter> collectors = of(topology.collectors());
        private final List<ProcessMeter> others = List.of(
                ProcessMeter.of("Kafka", topology.stores().kafka().pid()),
                ProcessMeter.of("NameNode", topology.stores().hdfs().nameNodePid()),
                ProcessMeter.of("DataNode", topology.stores().hdfs().dataNodePid()),
                ProcessMeter.of("benchmark", ProcessHandle.current().pid()));
        private final long start = System.nanoTime();

        record Uses(List<ProcessMeter.Use> agents, List<ProcessMeter.Use> collectors, List<ProcessMeter.Use> others) {}

        private static List<ProcessMeter> of(List<Node> nodes) {
            return nodes.stream().map(ProcessMeter::of).toList();
        }

        Duration time() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        Uses uses() {
            return new Uses(uses(agents), uses(collectors), uses(others));
        }

        private static List<ProcessMeter.Use> uses(List<ProcessMeter> meters) {
            return meters.stream().map(ProcessMeter::use).toList();
        }
    }

    @Override
    public void close() {
        feed.close();
        hdfs.close();
        kafka.close();
        run.close();
    }
}
