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
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
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

    private static final Duration SAMPLE_EVERY = Duration.ofMillis(250);

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
        this.sender = new Sender(run, feed, hdfs);
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
        List<Path> warmUpFiles = sender.send(warmUp, Course::doNothing);
        Meters meters = new Meters();
        long start = System.currentTimeMillis();
        List<Path> measuredFiles = sender.send(measured, meters::sample);
        Meters.Uses uses = meters.uses();
        Result.Stored inKafka = readKafka(before, start);
        Result.Stored inHdfs = readHdfs(before, start);
        Duration time = Duration.ofMillis(
                Math.max(inKafka.latencies().max(), inHdfs.latencies().max()));
        Result result = result(Result.Kind.LOAD, time, inKafka, inHdfs, uses);
        return limits ? result.withLimits(limits(warmUpFiles, measuredFiles)) : result;
    }

    private static void doNothing() {}

    private List<Sender.Part> writeWarmUp(Load files) {
        return setup.warmUp() > 0 ? write(files) : List.of();
    }

    private List<Sender.Part> write(Load files) {
        List<Sender.Part> parts = new ArrayList<>();
        for (int i = 0; i < files.filesPerLane(); i++) {
            for (FedLane lane : lanes) {
                long first = feed.fed(lane.name());
                parts.add(new Sender.Part(lane, feed.write(lane, files.linesPerFile()), first));
            }
        }
        return parts;
    }

    /** Measures the lines of {@code time}, fed one after another at the rate. */
    Result hold(Rate rate) {
        List<Sender.Part> warmUp = writeWarmUp(rate.warmUp(lanes.size(), setup.warmUp(), load.lineLength()));
        for (int i = 0; i < warmUp.size(); i += WAVE_FILES) {
            sender.send(warmUp.subList(i, Math.min(warmUp.size(), i + WAVE_FILES)), Course::doNothing);
        }
        feed.start(
                rate.linesPerSecond(),
                rate.fileEvery(),
                (lane, place, first) -> sender.completions().dropped(lane.name(), place, first));
        sender.pause(rate.settle(), Course::doNothing);
        Map<String, Long> before = fed();
        Meters meters = new Meters();
        sender.pause(rate.time(), meters::sample);
        Meters.Uses uses = meters.uses();
        Duration time = meters.time();
        feed.stop();
        sender.awaitCompleted(Course::doNothing);
        return result(Result.Kind.HELD_RATE, time, readKafka(before, 0), readHdfs(before, 0), uses);
    }

    private Map<String, Long> fed() {
        Map<String, Long> fed = new HashMap<>();
        lanes.forEach(lane -> fed.put(lane.name(), feed.fed(lane.name())));
        return fed;
    }

    /**
     * A tally of all lines, of which those behind {@code before} are measured.
     *
     * @param start of the measuring, in milliseconds since 1970
     * @param known when a file was known to be completed: whatever its lines' store had then came in time
     */
    private StoreTally tally(Map<String, Long> before, long start, ToLongFunction<Completions.Completion> known) {
        Map<String, StoreTally.Fed> fed = new HashMap<>();
        before.forEach((lane, measured) -> {
            NavigableMap<Long, Long> completed = new TreeMap<>();
            sender.completions().of(lane).forEach((first, at) -> completed.put(first, known.applyAsLong(at)));
            fed.put(lane, new StoreTally.Fed(measured, feed.fed(lane), completed));
        });
        return new StoreTally(fed, start);
    }

    private Result result(
            Result.Kind kind, Duration time, Result.Stored inKafka, Result.Stored inHdfs, Meters.Uses uses) {
        List<String> objections = new ArrayList<>();
        Stream.of(uses.agents(), uses.collectors())
                .flatMap(List::stream)
                .forEach(use -> use.objection().ifPresent(objections::add));
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

    private Result.Stored readKafka(Map<String, Long> before, long start) {
        StoreTally tally = tally(before, start, Completions.Completion::millis);
        kafka.readFrom(0, record -> tally.line(record.value(), 0, record.value().length, record.timestamp()));
        return Result.Stored.of(tally);
    }

    private Result.Stored readHdfs(Map<String, Long> before, long start) {
        hdfs.look();
        hdfs.stop();
        StoreTally tally = tally(before, start, completion -> hdfs.lookedAfter(completion.nanos()));
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
        return Result.Stored.of(tally);
    }

    private Limits limits(List<Path> warmUp, List<Path> measured) {
        Path config = topology.collectors().get(0).config();
        topology.close();
        return new BareRun(topology.stores(), config, directory).measure(warmUp, measured, load.lines());
    }

    /** Measures all processes from the moment at which it is made. */
    private final class Meters {
        private final List<ProcessMeter> agents = of(topology.agents(), setup.agentBound());
        private final List<ProcessMeter> collectors = of(topology.collectors(), setup.collectorBound());
        private final List<ProcessMeter> others = List.of(
                ProcessMeter.of("Kafka", topology.stores().kafka().pid()),
                ProcessMeter.of("NameNode", topology.stores().hdfs().nameNodePid()),
                ProcessMeter.of("DataNode", topology.stores().hdfs().dataNodePid()),
                ProcessMeter.of("benchmark", ProcessHandle.current().pid()));
        private final long start = System.nanoTime();
        private long sampledAt = start;

        record Uses(List<ProcessMeter.Use> agents, List<ProcessMeter.Use> collectors, List<ProcessMeter.Use> others) {}

        private static List<ProcessMeter> of(List<Node> nodes, Optional<MemoryBound> bound) {
            return nodes.stream().map(node -> ProcessMeter.of(node, bound)).toList();
        }

        /** Looks at the memory of all, where that was not done just now. */
        void sample() {
            long now = System.nanoTime();
            if (now - sampledAt >= SAMPLE_EVERY.toNanos()) {
                sampledAt = now;
                Stream.of(agents, collectors, others).flatMap(List::stream).forEach(meter -> meter.sample(now - start));
            }
        }

        Duration time() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        Uses uses() {
            long nanos = time().toNanos();
            return new Uses(uses(agents, nanos), uses(collectors, nanos), uses(others, nanos));
        }

        private static List<ProcessMeter.Use> uses(List<ProcessMeter> meters, long nanos) {
            return meters.stream().map(meter -> meter.use(nanos)).toList();
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
