package org.millrace.sink.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.millrace.trial.FlumeNode;
import org.millrace.trial.FreePorts;

/** A real Flume node with an Avro source, a channel, and a sink that writes lines into a directory. */
final class FlumeCollector implements AutoCloseable {
    private static final Path LIB = Path.of(System.getProperty("millrace.flume-server.lib"));

    private final int port = FreePorts.take(1).get(0);
    private final Path directory;
    private FlumeNode node;

    private FlumeCollector(Path directory) {
        this.directory = directory;
    }

    /** With a file channel: what it answered OK to survives it. */
    static FlumeCollector start(Path directory, String... sourceProperties) {
        FlumeCollector collector = new FlumeCollector(directory);
        collector.run("""
                a1.channels.c1.type = file
                a1.channels.c1.checkpointDir = %s/checkpoint
                a1.channels.c1.dataDirs = %s/data
                a1.channels.c1.minimumRequiredSpace = 1048576
                """.formatted(directory, directory), "a1.sinks = k1", sourceProperties);
        return collector;
    }

    /** With a memory channel of the given properties, and with a sink or without. */
    static FlumeCollector startInMemory(Path directory, boolean withSink, String... channelProperties) {
        FlumeCollector collector = new FlumeCollector(directory);
        StringBuilder channel = new StringBuilder("a1.channels.c1.type = memory\n");
        for (String property : channelProperties) {
            channel.append("a1.channels.c1.").append(property).append('\n');
        }
        collector.run(channel.toString(), withSink ? "a1.sinks = k1" : "");
        return collector;
    }

    private void run(String channel, String sinks, String... sourceProperties) {
        try {
            Files.createDirectories(directory.resolve("out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StringBuilder source = new StringBuilder();
        for (String property : sourceProperties) {
            source.append("a1.sources.r1.").append(property).append('\n');
        }
        node = FlumeNode.start(LIB, directory, """
                a1.sources = r1
                a1.channels = c1
                %s
                a1.sources.r1.type = avro
                a1.sources.r1.bind = 127.0.0.1
                a1.sources.r1.port = %d
                a1.sources.r1.channels = c1
                %s
                %s
                a1.sinks.k1.type = file_roll
                a1.sinks.k1.channel = c1
                a1.sinks.k1.sink.directory = %s/out
                a1.sinks.k1.sink.rollInterval = 0
                a1.sinks.k1.sink.batchSize = 10
                a1.sinks.k1.sink.serializer = HEADER_AND_TEXT
                """.formatted(sinks, port, source, channel, directory));
    }

    int port() {
        return port;
    }

    FlumeNode node() {
        return node;
    }

    /** What it stored: headers and body of each event, such as <code>{host=node01} text</code>. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("out"))) {
            for (Path file : files.sorted().toList()) {
                Files.readString(file, StandardCharsets.UTF_8).lines().forEach(lines::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    @Override
    public void close() {
        node.close();
    }
}
