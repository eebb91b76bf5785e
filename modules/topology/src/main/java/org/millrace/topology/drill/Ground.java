package org.millrace.topology.drill;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.Node;
import org.millrace.topology.Stores;
import org.millrace.topology.Topology;
import org.millrace.topology.TrialRun;
import org.millrace.topology.feed.FedLane;
import org.millrace.topology.feed.Feed;

/**
 * What scenarios work on: the topology, its feed and its links, and what the stores get. One scenario at
 * a time, begun by {@link #begin} and ended by {@link #findings}.
 */
final class Ground {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration FILE_EVERY = Duration.ofMillis(50);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(75);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final int CONNECT_MILLIS = 200;
    private static final long CHANNEL_BYTES = (long) Drill.COLLECTOR_CHANNEL_MEBIBYTES << 20;
    /** Many bytes that are soon read back. */
    private static final int LONG_LINE = 16 << 10;

    private final TrialRun run;
    private final Topology topology;
    private final Feed feed;
    private final int linesPerSecond;
    private final Links links = new Links();
    private final Readback readback;
    private final Map<Findings.Mark, Long> marks = new EnumMap<>(Findings.Mark.class);
    private final Map<String, Long> from = new HashMap<>();
    private final List<String> objections = new ArrayList<>();
    private List<Arrival> arrivals = new ArrayList<>();

    Ground(TrialRun run, Feed feed, int linesPerSecond, Readback readback) {
        this.run = run;
        this.topology = run.topology();
        this.feed = feed;
        this.linesPerSecond = linesPerSecond;
        this.readback = readback;
    }

    /** The node of a name. */
    Node node(String name) {
        return topology.node(name);
    }

    List<Node> nodes(String... names) {
        return Stream.of(names).map(this::node).toList();
    }

    Topology topology() {
        return topology;
    }

    Stores stores() {
        return topology.stores();
    }

    Feed feed() {
        return feed;
    }

    /** A lane for each agent, named as it. */
    static List<FedLane> lanes(Topology topology) {
        return topology.agents().stream()
                .map(agent -> FedLane.of(topology, agent))
                .toList();
    }

    /** Begins to feed all agents at the drill's rate. */
    void feedSteadily() {
        feed.start(linesPerSecond, FILE_EVERY);
    }

    /** Drops one file of {@code lines} lines into an agent's spool directory. */
    void feedFile(String agent, int lines) {
        feed.file(FedLane.of(topology, node(agent)), lines);
    }

    /** Drops one file of so many mebibytes, in long lines, into every agent's spool directory. */
    void feedMuch(int mebibytes) {
        int lines = (mebibytes << 20) / LONG_LINE;
        lanes(topology).forEach(lane -> feed.file(lane, lines, LONG_LINE));
    }

    Links links() {
        return links;
    }

    /** Forgets the scenario before; from here on, what is fed and arrives counts. */
    void begin() {
        marks.clear();
        objections.clear();
        arrivals = new ArrayList<>();
        readback.skip();
        topology.agents().forEach(agent -> from.put(agent.name(), feed.fed(agent.name())));
    }

    /** Marks this moment. */
    void mark(Findings.Mark mark) {
        marks.put(mark, System.currentTimeMillis());
    }

    /** Notes what is not as it must be, of what the stores cannot show. */
    void object(String objection) {
        objections.add(objection);
    }

    /** What was noted in this scenario. */
    List<String> objections() {
        return List.copyOf(objections);
    }

    /** Lets time pass. */
    void pause(int seconds) {
        pause(Duration.ofSeconds(seconds));
    }

    private void pause(Duration time) {
        if (!run.pause(time)) {
            throw new CannotRunException("ended before the drill was over");
        }
    }

    /** SIGTERM, waits for the end, and objects to an exit code other than 0. */
    void stop(Node node) {
        int code = node.stop(STOP_LIMIT);
        if (code != 0) {
            object(node.name() + " ended with exit code " + code);
        }
    }

    /** Waits until every agent's newest line came through the collector. */
    void awaitDeliveryBy(String collector) {
        await("all agents to deliver to " + collector, () -> {
            Map<String, String> newest = newest();
            return newest.size() == topology.agents().size()
                    && newest.values().stream().allMatch(collector::equals);
        });
    }

    /** Waits until something more of an agent arrives. */
    void awaitDeliveryOf(Node agent) {
        collect();
        long before = count(agent);
        await("lines of " + agent.name(), () -> {
            collect();
            return count(agent) > before;
        });
    }

    private long count(Node agent) {
        return arrivals.stream()
                .filter(arrival -> arrival.agent().equals(agent.name()))
                .count();
    }

    /** Waits until so many more lines have arrived. */
    void awaitArrivals(int more) {
        collect();
        int enough = arrivals.size() + more;
        await(more + " more lines", () -> {
            collect();
            return arrivals.size() >= enough;
        });
    }

    /** Waits until a node lets others connect to its cluster port. */
    void awaitOpenPort(Node node) {
        await(node.name() + " to listen", () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(node.host(), node.port()), CONNECT_MILLIS);
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    /** Waits until a collector has reached its stores. */
    void awaitReady(Node collector) {
        await(collector.name() + " to reach its stores", topology.readinessOf(collector));
    }

    /** Waits until no file in HDFS has the in-use suffix. */
    void awaitNoFileInUse() {
        await("all files in HDFS to be closed", () -> readback.filesInUse().isEmpty());
    }

    /** Objects to nodes that do not run. */
    void objectToEnded(List<Node> nodes) {
        nodes.stream().filter(node -> !node.isAlive()).forEach(node -> object(node.name() + " has ended"));
    }

    /** Objects to agents that ever had more memory resident. */
    void memoryAtMost(int mebibytes) {
        topology.agents()
                .forEach(agent -> Limits.onMemory(agent.name(), agent.peakMemory(), mebibytes)
                        .ifPresent(this::object));
    }

    /** Bytes of lines that Kafka has got since the drill began, less all that HDFS has. Only its changes tell anything. */
    long kafkaLessHdfs() {
        long kafka = bytesInKafka();
        return kafka - bytesInHdfs();
    }

    /** Bytes of lines that Kafka has got since the drill began. */
    long bytesInKafka() {
        collect();
        return readback.bytesInKafka();
    }

    /** Bytes in HDFS. */
    long bytesInHdfs() {
        return readback.bytesInHdfs();
    }

    /** How far a store is ahead now. */
    Limits.Lead lead(long bytes) {
        return new Limits.Lead(bytes, feed.isWaiting());
    }

    /**
     * Looks for a while, and returns how far Kafka was ahead of HDFS at most. It may have been further, for
     * HDFS is asked after Kafka, and answers when its DataNode runs.
     *
     * @param level what {@link #kafkaLessHdfs} was when both had the same
     */
    Limits.Lead mostAhead(long level, int seconds) {
        Limits.Lead most = Limits.Lead.NONE;
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (System.nanoTime() - end < 0) {
            most = most.max(lead(kafkaLessHdfs() - level));
            pause(LOOK_EVERY);
        }
        return most;
    }

    /** Waits until no store is ahead of the other. */
    void awaitLevel(long level) {
        await("the stores to be level", () -> Math.abs(kafkaLessHdfs() - level) < Limits.LEEWAY_BYTES);
    }

    /** Waits until Kafka has got more than what may have been on its way. */
    void awaitMoreInKafka() {
        long before = bytesInKafka();
        await("Kafka to get more", () -> bytesInKafka() - before > Limits.LEEWAY_BYTES);
    }

    /** Objects to a lead that the channel of the store behind does not allow. */
    void leadAtMostAChannel(String ahead, String behind, Limits.Lead most) {
        Limits.onLead(ahead, behind, most, CHANNEL_BYTES).ifPresent(this::object);
    }

    /** The same, and to one that does not fill that channel. */
    void leadOfAFullChannel(String ahead, String behind, Limits.Lead most) {
        Limits.onFullLead(ahead, behind, most, CHANNEL_BYTES).ifPresent(this::object);
    }

    /** Waits until all that was fed is stored, as far as the agents say. */
    void awaitConsumed() {
        await("the agents to complete all files", feed::isConsumed);
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                object("waited in vain for " + what);
                return;
            }
            pause(LOOK_EVERY);
        }
    }

    /** Through which collector each agent's newest line came. */
    private Map<String, String> newest() {
        collect();
        Map<String, String> newest = new TreeMap<>();
        arrivals.forEach(arrival -> newest.put(arrival.agent(), arrival.collector()));
        return newest;
    }

    private void collect() {
        readback.collect(arrivals);
    }

    /** What the stores have of this scenario's lines. */
    Findings findings() {
        collect();
        Map<String, Findings.Numbers> fed = new TreeMap<>();
        from.forEach((agent, first) -> fed.put(agent, new Findings.Numbers(first, feed.fed(agent))));
        List<Arrival> own = arrivals.stream()
                .filter(arrival ->
                        fed.get(arrival.agent()).contain(arrival.line().number()))
                .toList();
        return new Findings(fed, own, readback.inHdfs(fed), Map.copyOf(marks));
    }
}
