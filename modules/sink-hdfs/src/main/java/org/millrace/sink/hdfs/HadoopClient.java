package org.millrace.sink.hdfs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The one connection of a store to its file system, made when it is first needed. Not shared with
 * anybody: others in the same process cannot close it under us. Thread-safe; both methods block.
 */
final class HadoopClient implements AutoCloseable {
    /** What is read of a Hadoop configuration directory, in this order. */
    static final List<String> SITE_FILES = List.of("core-site.xml", "hdfs-site.xml");

    /**
     * What we want other than Hadoop does. The site files and the user's own properties win over it.
     *
     * <p>Hadoop's defaults are made for jobs that wait for as long as it takes, inside a call. A sink
     * has its own patience: a call must fail in bounded time, so that everybody can see what is
     * wrong, and is then tried again.
     */
    private static final Map<String, String> OURS = Map.ofEntries(
            // A NameNode's host that does not answer: 2 tries of 5 s, not 46 of 20 s.
            Map.entry("ipc.client.connect.timeout", "5000"),
            Map.entry("ipc.client.connect.max.retries.on.timeouts", "1"),
            // A host that answers "nobody listens here": 4 tries within 2 s, not 11 within 10 s.
            Map.entry("ipc.client.connect.max.retries", "3"),
            Map.entry("ipc.client.connect.retry.interval", "500"),
            // A NameNode that took the call and is frozen: 20 s, not 2 min. Longer than its usual pauses.
            Map.entry("ipc.client.rpc-timeout.ms", "20000"),
            // With two NameNodes: some 30 s of trying both, the time that a failover takes, not minutes.
            Map.entry("dfs.client.failover.max.attempts", "8"),
            Map.entry("dfs.client.failover.sleep.max.millis", "5000"),
            // A DataNode that is frozen: 20 s to read and to write, not 60 s and 8 min.
            Map.entry("dfs.client.socket-timeout", "20000"),
            Map.entry("dfs.datanode.socket.write.timeout", "20000"),
            // A block that no DataNode serves: known within 3 s, not 18. Only the probe reads.
            Map.entry("dfs.client.max.block.acquire.failures", "1"),
            // A pipeline that lost a DataNode goes on with what is left when there is no other to take
            // its place, as it is on small clusters; the NameNode sees to the missing replicas.
            Map.entry("dfs.client.block.write.replace-datanode-on-failure.best-effort", "true"),
            // A file whose close failed: let go of it, or the client renews its lease for ever.
            Map.entry("dfs.client.write.recover.lease.on.close.exception", "true"),
            // Hadoop's shutdown hook would close the file system while we still write what we have.
            Map.entry("fs.automatic.close", "false"),
            // The usual local file system keeps checksums beside its files and cannot flush.
            Map.entry("fs.file.impl", RawLocalFileSystem.class.getName()));

    private final HdfsSettings settings;
    private FileSystem fileSystem;
    private boolean closed;

    HadoopClient(HdfsSettings settings) {
        this.settings = settings;
    }

    /**
     * The file system.
     *
     * @throws IOException when it cannot be made, or was closed
     */
    synchronized FileSystem fileSystem() throws IOException {
        if (closed) {
            throw new IOException("sink " + settings.sink().name() + " is closed");
        }
        if (fileSystem == null) {
            URI root = URI.create(settings.fileSystem() + "/");
            try {
                fileSystem = FileSystem.newInstance(root, configuration(settings));
            } catch (IllegalArgumentException e) {
                // How Hadoop says that it cannot resolve a name.
                throw new IOException("cannot reach " + settings.fileSystem() + ": " + e.getMessage(), e);
            }
        }
        return fileSystem;
    }

    static Configuration configuration(HdfsSettings settings) {
        return configuration(settings.hadoopConfDirectories(), settings.hadoop());
    }

    private static Configuration configuration(
            List<java.nio.file.Path> confDirectories, Map<String, String> properties) {
        Configuration ours = new Configuration(false);
        OURS.forEach(ours::set);
        Configuration configuration = new Configuration();
        configuration.addResource(ours);
        for (java.nio.file.Path directory : confDirectories) {
            for (String file : SITE_FILES) {
                if (Files.isReadable(directory.resolve(file))) {
                    configuration.addResource(new org.apache.hadoop.fs.Path(
                            directory.resolve(file).toUri()));
                }
            }
        }
        properties.forEach(configuration::set);
        return configuration;
    }

    /** Whether {@code host} is no host, but a name for several NameNodes of which one is active. */
    static boolean isNameService(
            String host, List<java.nio.file.Path> confDirectories, Map<String, String> properties) {
        Configuration configuration = configuration(confDirectories, properties);
        return configuration.getTrimmedStringCollection("dfs.nameservices").contains(host)
                && configuration.get("dfs.ha.namenodes." + host) != null;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (fileSystem != null) {
            fileSystem.close();
            fileSystem = null;
        }
    }
}
