package org.millrace.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A real HDFS of one NameNode and one DataNode, each a process of its own, on the loopback address.
 * Its files, logs and client configuration lie in a state directory, which a later server can go on
 * with: it is formatted only once. Replication is 1 and permissions are off.
 *
 * <p>Not thread-safe.
 */
public final class HdfsServer implements AutoCloseable {
    private static final String NAME_NODE = "org.apache.hadoop.hdfs.server.namenode.NameNode";
    private static final String DATA_NODE = "org.apache.hadoop.hdfs.server.datanode.DataNode";
    private static final String HOST = "127.0.0.1";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL_EVERY = Duration.ofMillis(50);
    private static final Pattern CAPACITY = Pattern.compile("\"CapacityTotal\" : [1-9]");
    private static final Pattern LIVE_DATA_NODES = Pattern.compile("\"NumLiveDataNodes\" : [1-9]");
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-Djava.net.preferIPv4Stack=true",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
            "-Dorg.slf4j.simpleLogger.log.http.requests=warn",
            "-Dorg.slf4j.simpleLogger.log.org.apache.hadoop.hdfs.server.datanode.fsdataset=warn");

    /** The TCP ports of a server. */
    public record Ports(int nameNode, int nameNodeHttp, int dataNode, int dataNodeIpc, int dataNodeHttp) {
        /** Ports that nobody uses at the moment. */
        public static Ports free() {
            List<Integer> ports = FreePorts.take(5);
            return new Ports(ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(4));
        }
    }

    /** HTTP/1.1: the DataNode's proxy chokes on an offer to speak HTTP/2. */
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final Path lib;
    private final Path state;
    private final String host;
    private final Ports ports;
    private JavaProcess nameNode;
    private JavaProcess dataNode;

    private HdfsServer(Path lib, Path state, String host, Ports ports) {
        this.lib = lib;
        this.state = state.toAbsolutePath();
        this.host = host;
        this.ports = ports;
    }

    /** As {@link #start(Path, Path, Ports)}, on free ports. */
    public static HdfsServer start(Path lib, Path state) {
        return start(lib, state, Ports.free());
    }

    /** As {@link #start(Path, Path, String, Ports)}, on 127.0.0.1. */
    public static HdfsServer start(Path lib, Path state, Ports ports) {
        return start(lib, state, HOST, ports);
    }

    /**
     * Starts a server and waits until files can be written to it.
     *
     * @param lib the directory of HDFS's jars, as the module hdfs-server gathers them
     * @param state what the server keeps goes here; made where it is missing
     * @param host a loopback address, where clients reach the NameNode; everything else is on 127.0.0.1
     * @throws IllegalStateException with the end of the log when it does not come up within 60 s
     */
    public static HdfsServer start(Path lib, Path state, String host, Ports ports) {
        HdfsServer server = new HdfsServer(lib, state, host, ports);
        try {
            server.writeConfiguration();
            server.formatOnce();
            server.nameNode = server.launch("namenode", NAME_NODE);
            server.dataNode = server.launch("datanode", DATA_NODE);
            server.awaitWritable();
            return server;
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("cannot prepare " + state + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Where clients reach it, such as {@code hdfs://127.0.0.1:9000}. */
    public URI uri() {
        return URI.create("hdfs://" + host + ":" + ports.nameNode());
    }

    /** A directory with {@code core-site.xml} and {@code hdfs-site.xml} for clients. */
    public Path configuration() {
        return state.resolve("conf");
    }

    /** The process id of the NameNode. */
    public long nameNodePid() {
        return nameNode.pid();
    }

    /** The process id of the DataNode. */
    public long dataNodePid() {
        return dataNode.pid();
    }

    /** kill -9 of the DataNode: no block can be read or written. */
    public void stopDataNode() {
        dataNode.kill();
    }

    /** Starts the DataNode again and waits until files can be written. */
    public void startDataNode() {
        dataNode.close();
        dataNode = launch("datanode", DATA_NODE);
        awaitWritable();
    }

    /** kill -9 of the NameNode: nobody answers for names. */
    public void stopNameNode() {
        nameNode.kill();
    }

    /** Starts the NameNode again and, where the DataNode runs, waits until files can be written. */
    public void startNameNode() {
        nameNode.close();
        nameNode = launch("namenode", NAME_NODE);
        if (dataNode.isAlive()) {
            awaitWritable();
        }
    }

    /** SIGSTOP to the DataNode alone. */
    public void freezeDataNode() {
        dataNode.freeze();
    }

    /** SIGCONT to the DataNode, after {@link #freezeDataNode()}. */
    public void thawDataNode() {
        dataNode.thaw();
    }

    /** SIGSTOP to both: nothing answers, no connection breaks. */
    public void freeze() {
        nameNode.freeze();
        dataNode.freeze();
    }

    /** SIGCONT to both, after {@link #freeze()}. */
    public void thaw() {
        nameNode.thaw();
        dataNode.thaw();
    }

    /** Ends both processes; the state stays. */
    @Override
    public void close() {
        List<JavaProcess> running = new ArrayList<>();
        for (JavaProcess process : new JavaProcess[] {dataNode, nameNode}) {
            if (process != null) {
                if (process.isAlive()) {
                    // A frozen process would not hear the signal to end.
                    process.thaw();
                }
                process.terminate();
                running.add(process);
            }
        }
        running.forEach(JavaProcess::close);
    }

    private void writeConfiguration() throws IOException {
        Files.createDirectories(configuration());
        Map<String, String> core = new TreeMap<>();
        core.put("fs.defaultFS", uri().toString());
        core.put("hadoop.tmp.dir", state.resolve("tmp").toString());
        // The DataNode starts beside the NameNode and should not wait a second between its tries.
        core.put("ipc.client.connect.retry.interval", "100");
        core.put("ipc.client.connect.max.retries", "600");
        Map<String, String> hdfs = new TreeMap<>();
        hdfs.put("dfs.namenode.name.dir", state.resolve("name").toUri().toString());
        hdfs.put("dfs.datanode.data.dir", state.resolve("data").toUri().toString());
        hdfs.put("dfs.namenode.http-address", HOST + ":" + ports.nameNodeHttp());
        hdfs.put("dfs.datanode.address", HOST + ":" + ports.dataNode());
        hdfs.put("dfs.datanode.ipc.address", HOST + ":" + ports.dataNodeIpc());
        hdfs.put("dfs.datanode.http.address", HOST + ":" + ports.dataNodeHttp());
        hdfs.put("dfs.replication", "1");
        hdfs.put("dfs.permissions.enabled", "false");
        // One DataNode is all there will be: no reason to linger in safe mode for others.
        hdfs.put("dfs.namenode.safemode.extension", "0");
        // Commands such as block recovery travel with heartbeats.
        hdfs.put("dfs.heartbeat.interval", "1");
        Files.writeString(configuration().resolve("core-site.xml"), xml(core));
        Files.writeString(configuration().resolve("hdfs-site.xml"), xml(hdfs));
        // Found before those in Hadoop's jar, which Jetty would unpack for three seconds.
        for (String page : List.of("hdfs", "datanode", "static")) {
            Files.createDirectories(configuration().resolve("webapps").resolve(page));
        }
    }

    private static String xml(Map<String, String> properties) {
        StringBuilder xml = new StringBuilder("<configuration>\n");
        properties.forEach((name, value) -> xml.append("  <property><name>")
                .append(name)
                .append("</name><value>")
                .append(value.replace("&", "&amp;").replace("<", "&lt;"))
                .append("</value></property>\n"));
        return xml.append("</configuration>\n").toString();
    }

    private void formatOnce() {
        if (Files.exists(state.resolve("name/current/VERSION"))) {
            return;
        }
        try (JavaProcess format = launch("format", NAME_NODE, "-format", "-nonInteractive")) {
            int exit = format.awaitExit(START_LIMIT);
            if (exit != 0) {
                throw new IllegalStateException("formatting HDFS ended with " + exit + ":\n" + format.logTail());
            }
        }
    }

    private JavaProcess launch(String name, String mainClass, String... arguments) {
        return JavaProcess.start(
                name,
                JVM_OPTIONS,
                configuration() + ":" + lib.toAbsolutePath() + "/*",
                mainClass,
                List.of(arguments),
                state.resolve(name + ".log"));
    }

    /**
     * Waits until the NameNode is out of safe mode and has heard of the DataNode's storage, and the
     * DataNode is registered. Each alone is not enough: a NameNode believes in a dead DataNode for a
     * while, and a DataNode in a dead NameNode.
     */
    private void awaitWritable() {
        long giveUp = System.nanoTime() + START_LIMIT.toNanos();
        while (!isWritable()) {
            for (JavaProcess process : List.of(nameNode, dataNode)) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the " + process.name() + " ended:\n" + process.logTail());
                }
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("HDFS is not up after " + START_LIMIT.toSeconds()
                        + " s; the namenode says:\n" + nameNode.logTail() + "\nthe datanode says:\n"
                        + dataNode.logTail());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_EVERY.toMillis()));
        }
    }

    private boolean isWritable() {
        String name = jmx(ports.nameNodeHttp(), "Hadoop:service=NameNode,name=FSNamesystemState");
        boolean serving = name.contains("\"FSState\" : \"Operational\"");
        if (!serving
                || !LIVE_DATA_NODES.matcher(name).find()
                || !CAPACITY.matcher(name).find()) {
            return false;
        }
        return jmx(ports.dataNodeHttp(), "Hadoop:service=DataNode,name=DataNodeInfo")
                .contains("\\\"ActorState\\\":\\\"RUNNING\\\"");
    }

    /** The JSON that a daemon shows about one of its beans, empty while it does not answer. */
    private String jmx(int port, String bean) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + port + "/jmx?qry=" + bean))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException notUpYet) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
