package org.millrace.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.millrace.trial.FreePorts;

/**
 * One agent and its collectors on this machine, under one directory: {@code node01} reads a spool
 * directory; {@code node04} has priority 10 and {@code node05} priority 5. They store in given {@link
 * Stores}, in a topic and an HDFS directory of their own.
 *
 * <p>Making one writes configuration files, to look at and to change; nothing runs before it is
 * started. A later one in the same directory goes on with the nodes' state. Closing it ends the nodes,
 * the agent first, so that the collectors can finish what it sent; the stores stay.
 */
public final class Topology implements AutoCloseable {
    private static final int FIRST_COLLECTOR = 4;

    private final Stores stores;
    private final String topic;
    private final String hdfsPath;
    private final Path spool;
    private final Node agent;
    private final List<Node> collectors = new ArrayList<>();

    /** What a topology can be told. */
    public static final class Builder {
        private final Installation installation;
        private final Stores stores;
        private final Path directory;
        private String topic = "rwb_topic";
        private String hdfsPath = "/flume/logdfs";
        private List<Integer> priorities = List.of(10, 5);
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

        /** A collector for each priority, {@code node04} first; instead of 10 and 5. */
        public Builder priorities(Integer... each) {
            priorities = List.of(each);
            return this;
        }

        /** HOCON that is put behind the agent's configuration, and so wins over it. */
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
     * @param directory where its nodes keep everything, and where its spool directory is
     */
    public static Builder in(Path directory, Installation installation, Stores stores) {
        return new Builder(installation, stores, directory);
    }

    private Topology(Builder builder) {
        this.stores = builder.stores;
        this.topic = builder.topic;
        this.hdfsPath = builder.hdfsPath;
        this.spool = builder.directory.resolve("spool");
        List<Integer> ports = FreePorts.take(1 + builder.priorities.size());
        this.agent = new Node(
                builder.installation, Node.Kind.AGENT, "node01", ports.get(0), builder.directory.resolve("node01"));
        for (int i = 0; i < builder.priorities.size(); i++) {
            String name = "node0" + (FIRST_COLLECTOR + i);
            collectors.add(new Node(
                    builder.installation,
                    Node.Kind.COLLECTOR,
                    name,
                    ports.get(1 + i),
                    builder.directory.resolve(name)));
        }
        try {
            Files.createDirectories(spool);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + spool + ": " + e.getMessage(), e);
        }
        List<String> seeds =
                collectors.stream().map(node -> "127.0.0.1:" + node.port()).toList();
        NodeConfigs configs = new NodeConfigs(seeds);
        agent.configure(configs.agent(agent, spool) + builder.agentSettings);
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
        agent.start();
        return this;
    }

    /** {@code node01}. */
    public Node agent() {
        return agent;
    }

    /** The collectors, {@code node04} first. */
    public List<Node> collectors() {
        return List.copyOf(collectors);
    }

    /** All nodes, in the order in which they are ended. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        nodes.add(agent);
        nodes.addAll(collectors);
        return nodes;
    }

    /** The collector of this name. */
    public Node collector(String name) {
        return collectors.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no collector " + name + " among "
                        + collectors.stream().map(Node::name).collect(Collectors.joining(", "))));
    }

    /** The directory that the agent watches. */
    public Path spool() {
        return spool;
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
        return new KafkaReader(stores.bootstrapServers(), topic);
    }

    /** A reader of the directory in HDFS. */
    public HdfsReader hdfsReader() {
        return new HdfsReader(stores.hdfsUri(), hdfsPath);
    }

    /** What the agent's log tells about its progress and its route. */
    public AgentLog agentLog() {
        return new AgentLog(agent.log());
    }

    /** The name of the collector at an address, such as {@code pekko://millrace@127.0.0.1:2551}. */
    public String nameOf(String address) {
        return collectors.stream()
                .filter(node -> address.endsWith(":" + node.port()))
                .map(Node::name)
                .findFirst()
                .orElse(address);
    }

    /**
     * Moves a file into the spool directory, where it appears complete.
     *
     * @param file on the same file system
     * @return its place there
     */
    public Path drop(Path file) {
        Path place = spool.resolve(file.getFileName());
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
     * Ends the nodes, the agent first.
     *
     * @param ended told about each node that ran and does not any more
     */
    public void close(Consumer<Node> ended) {
        for (Node node : nodes()) {
            boolean ran = node.isAlive();
            node.close();
            if (ran) {
                ended.accept(node);
            }
        }
    }
}
