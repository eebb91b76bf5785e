package org.millrace.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.millrace.trial.FreePorts;

/**
 * Agents and their collectors on this machine, under one directory: {@code node01} and, where there are
 * more, {@code node02} and so on each read a spool directory; {@code node04} has priority 10 and {@code
 * node05} priority 5. They store in given {@link Stores}, in a topic and an HDFS directory of their own.
 *
 * <p>Making one writes configuration files, to look at and to change; nothing runs before it is
 * started. A later one in the same directory goes on with the nodes' state. Closing it ends the nodes,
 * the agents first, so that the collectors can finish what they sent; the stores stay.
 */
public final class Topology implements AutoCloseable {
    private static final int FIRST_COLLECTOR = 4;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** Agents ask four times a second. */
    private static final Duration HEARD_AFTER = Duration.ofMillis(500);

    private final Stores stores;
    private final String topic;
    private final String hdfsPath;
    private final Path directory;
    private final List<Node> agents = new ArrayList<>();
    private final List<Node> collectors = new ArrayList<>();
    private final List<Integer> priorities;
    private final AgentLog agentLog;
    private final List<CollectorLog> collectorLogs;

    /** What a topology can be told. */
    public static final class Builder {
        private final Installation installation;
        private final Stores stores;
        private final Path directory;
        private String topic = "rwb_topic";
        private String hdfsPath = "/flume/logdfs";
        private int agents = 1;
        private boolean ownAddresses;
        private List<Integer> priorities = List.of(10, 5);
        private String agentOptions = "";
        private String collectorOptions = "";
        private String agentSettings = "";
        private String collectorSettings = "";

        private Builder(Installation installation, Stores stores, Path directory) {
            this.installation = installation;
            this.stores = stores;
            this.directory = directory.toAbsolutePath().normalize();
        }

        /** The topic, instead of {@code rwb_topic}. */
        public Builder topic(String name) {
            topic = name;
            return this;
        }

        /** The directory in HDFS, absolute, instead of {@code /flume/logdfs}. */
        public Builder hdfsPath(String path) {
            hdfsPath = path;
            return this;
        }

        /** As many agents, 3 at most; instead of one. */
        public Builder agents(int count) {
            agents = count;
            return this;
        }

        /** Each node on an address of its own, {@code node01} on 127.0.0.1; instead of all on that one. */
        public Builder ownAddresses() {
            ownAddresses = true;
            return this;
        }

        /** A collector for each priority, {@code node04} first; instead of 10 and 5. */
        public Builder priorities(Integer... each) {
            priorities = List.of(each);
            return this;
        }

        /** JVM options of the agents, which win over those of the script. */
        public Builder agentOptions(String options) {
            agentOptions = options;
            return this;
        }

        /** JVM options of the collectors, which win over those of the script. */
        public Builder collectorOptions(String options) {
            collectorOptions = options;
            return this;
        }

        /** HOCON that is put behind each agent's configuration, and so wins over it. */
        public Builder agentSettings(String hocon) {
            agentSettings = hocon;
            return this;
        }

        /** HOCON that is put behind each collector's configuration, and so wins over it. */
        public Builder collectorSettings(String hocon) {
            collectorSettings = hocon;
            return this;
        }

        /** Writes the nodes' configuration; starts nothing. */
        public Topology build() {
            return new Topology(this);
        }
    }

    /**
     * Begins a topology.
     *
     * @param directory where its nodes keep everything, and where its spool directories are
     */
    public static Builder in(Path directory, Installation installation, Stores stores) {
        return new Builder(installation, stores, directory);
    }

    private Topology(Builder builder) {
        this.stores = builder.stores;
        this.topic = builder.topic;
        this.hdfsPath = builder.hdfsPath;
        this.directory = builder.directory;
        this.priorities = builder.priorities;
        List<Integer> ports = FreePorts.take(builder.agents + builder.priorities.size());
        for (int i = 0; i < builder.agents; i++) {
            agents.add(node(builder, Node.Kind.AGENT, 1 + i, ports.get(i)));
        }
        for (int i = 0; i < builder.priorities.size(); i++) {
            collectors.add(node(builder, Node.Kind.COLLECTOR, FIRST_COLLECTOR + i, ports.get(builder.agents + i)));
        }
        environment(agents, "MILLRACE_AGENT_OPTS", builder.agentOptions);
        environment(collectors, "MILLRACE_COLLECTOR_OPTS", builder.collectorOptions);
        configure(builder);
        // Earlier runs in this directory have told theirs already.
        agentLog = new AgentLog(agent().log());
        agentLog.skip();
        collectorLogs =
                collectors.stream().map(node -> new CollectorLog(node.log())).toList();
        collectorLogs.forEach(CollectorLog::skip);
    }

    private static void environment(List<Node> nodes, String variable, String options) {
        if (!options.isEmpty()) {
            nodes.forEach(node -> node.environment(variable, options));
        }
    }

    private static Node node(Builder builder, Node.Kind kind, int number, int port) {
        String name = "node0" + number;
        String host = "127.0.0." + (builder.ownAddresses ? number : 1);
        return new Node(builder.installation, kind, name, host, port, builder.directory.resolve(name));
    }

    private void configure(Builder builder) {
        NodeConfigs configs =
                new NodeConfigs(collectors.stream().map(Node::address).toList());
        for (Node agent : agents) {
            try {
                Files.createDirectories(spool(agent));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make " + spool(agent) + ": " + e.getMessage(), e);
            }
            agent.configure(configs.agent(agent, spool(agent)) + builder.agentSettings);
        }
        for (int i = 0; i < collectors.size(); i++) {
            Node collector = collectors.get(i);
            collector.configure(
                    configs.collector(collector, builder.priorities.get(i), stores.bootstrapServers(), topic, hdfsUri())
                            + builder.collectorSettings);
        }
    }

    /** Starts all nodes, the collectors first; waits for nothing. */
    public Topology start() {
        collectors.forEach(Node::start);
        agents.forEach(Node::start);
        return this;
    }

    /**
     * Waits until every collector has reached its stores, and agents must have heard of it. A file that is
     * dropped earlier is stored all the same, but may be sent again when a better collector becomes ready.
     *
     * @return whether they were ready within {@code limit} and none ended
     */
    public boolean awaitReady(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean ready = false;
        while (!ready && System.nanoTime() - deadline < 0 && nodes().stream().allMatch(Node::isAlive)) {
            ready = collectorLogs.stream().filter(CollectorLog::isReady).count() == collectorLogs.size();
            LockSupport.parkNanos((ready ? HEARD_AFTER : LOOK_EVERY).toNanos());
        }
        return ready;
    }

    /** The stores that the collectors use. */
    public Stores stores() {
        return stores;
    }

    /** Tells, whenever it is asked, whether a collector has reached its stores since now. */
    public BooleanSupplier readinessOf(Node collector) {
        CollectorLog log = new CollectorLog(collector.log());
        log.skip();
        return log::isReady;
    }

    /** {@code node01}. */
    public Node agent() {
        return agents.get(0);
    }

    /** The agents, {@code node01} first. */
    public List<Node> agents() {
        return List.copyOf(agents);
    }

    /** The collectors, {@code node04} first. */
    public List<Node> collectors() {
        return List.copyOf(collectors);
    }

    /** The priorities of the collectors, in their order. */
    public List<Integer> priorities() {
        return priorities;
    }

    /** All nodes, in the order in which they are ended. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>(agents);
        nodes.addAll(collectors);
        return nodes;
    }

    /** The node of this name. */
    public Node node(String name) {
        return nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + name + " among "
                        + nodes().stream().map(Node::name).collect(Collectors.joining(", "))));
    }

    /** The directory that {@code node01} watches. */
    public Path spool() {
        return spool(agent());
    }

    /** The directory that an agent watches. */
    public Path spool(Node agent) {
        return agents.size() == 1 ? directory.resolve("spool") : directory.resolve("spool-" + agent.name());
    }

    /** The topic that the collectors write. */
    public String topic() {
        return topic;
    }

    /** The directory that the collectors write, without the name node's address. */
    public String hdfsPath() {
        return hdfsPath;
    }

    /** The same directory as users name it, such as {@code hdfs://127.0.0.1:9000/flume/logdfs}. */
    public String hdfsUri() {
        return stores.hdfsUri() + hdfsPath;
    }

    /** A reader of the topic. */
    public KafkaReader kafkaReader() {
        return stores.kafkaReader(topic);
    }

    /** A reader of the directory in HDFS. */
    public HdfsReader hdfsReader() {
        return stores.hdfsReader(hdfsPath);
    }

    /** What {@code node01} has logged about its progress and its route since this topology was made. */
    public AgentLog agentLog() {
        return agentLog;
    }

    /** The name of the collector at an address, such as {@code pekko://millrace@127.0.0.1:2551}. */
    public String nameOf(String address) {
        return collectors.stream()
                .filter(node -> address.endsWith("@" + node.address()))
                .map(Node::name)
                .findFirst()
                .orElse(address);
    }

    /**
     * Moves a file into the spool directory of {@code node01}, where it appears complete.
     *
     * @param file on the same file system
     * @return its place there
     */
    public Path drop(Path file) {
        return drop(file, agent());
    }

    /** As {@link #drop(Path)}, into the spool directory of any agent. */
    public Path drop(Path file, Node agent) {
        Path place = spool(agent).resolve(file.getFileName());
        try {
            if (Files.exists(place)) {
                throw new FileAlreadyExistsException(place.toString());
            }
            return Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move " + file + " to " + place, e);
        }
    }

    /** What a file in the spool directory is called once every store has all of it. */
    public static Path completed(Path file) {
        return file.resolveSibling(file.getFileName() + ".COMPLETED");
    }

    @Override
    public void close() {
        close(node -> {});
    }

    /**
     * Ends the nodes: the agents first, then the collectors together.
     *
     * @param ended told about each node that ran and does not any more
     */
    public void close(Consumer<Node> ended) {
        end(agents, ended);
        end(collectors, ended);
    }

    private static void end(List<Node> nodes, Consumer<Node> ended) {
        List<Node> running = nodes.stream().filter(Node::isAlive).toList();
        running.forEach(Node::terminate);
        nodes.forEach(Node::close);
        running.forEach(ended);
    }
}
