package org.millrace.topology.bench;

import static org.millrace.topology.CannotRunException.require;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Stores;
import org.millrace.trial.JavaProcess;

/**
 * Runs the programs that measure a store alone, each in a process of its own.
 *
 * @param stores that nobody uses meanwhile
 * @param config the configuration of a collector
 * @param directory for their logs
 */
record BareRun(Stores stores, Path config, Path directory) {
    private static final String TOPIC = "bare";
    private static final String DIRECTORY = "/bare";
    private static final List<String> JVM_OPTIONS = List.of("-Xmx192m", "-XX:+UseSerialGC");
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Pattern SECONDS = Pattern.compile("\\btook (\\d+\\.\\d+) s$", Pattern.MULTILINE);

    /**
     * Runs both programs, one after the other.
     *
     * @param warmUp files that are not measured
     * @param measured files of {@code lines} lines, all of one length, as those of the warm-up are
     */
    Limits measure(List<Path> warmUp, List<Path> measured, long lines) {
        long bytes = bytes(warmUp) + bytes(measured);
        long allLines = bytes / (bytes(measured) / lines);
        try (KafkaReader kafka = stores.kafkaReader(TOPIC);
                HdfsReader hdfs = stores.hdfsReader(DIRECTORY)) {
            kafka.createTopic();
            double producer = lines / run(BareProducer.class, TOPIC, warmUp, measured);
            require(kafka.records() >= allLines, "the bare producer did not store every line");
            double writer = lines / run(BareWriter.class, DIRECTORY, warmUp, measured);
            require(hdfs.bytes() >= bytes, "the bare writer did not store every line");
            return new Limits(producer, writer);
        }
    }

    private static long bytes(List<Path> files) {
        return files.stream().mapToLong(file -> file.toFile().length()).sum();
    }

    private double run(Class<?> program, String place, List<Path> warmUp, List<Path> measured) {
        List<String> arguments = new ArrayList<>(List.of(config.toString(), place));
        warmUp.forEach(file -> arguments.add(file.toString()));
        arguments.add(BareProgram.MEASURED);
        measured.forEach(file -> arguments.add(file.toString()));
        String name = program.getSimpleName();
        try (JavaProcess process = JavaProcess.start(
                name,
                JVM_OPTIONS,
                System.getProperty("java.class.path"),
                program.getName(),
                arguments,
                directory.resolve(name + ".log"))) {
            int exit = process.awaitExit(LIMIT);
            Matcher seconds = SECONDS.matcher(process.logTail());
            require(exit == 0 && seconds.find(), name + " ended with " + exit + ":\n" + process.logTail());
            return Double.parseDouble(seconds.group(1));
        }
    }
}
