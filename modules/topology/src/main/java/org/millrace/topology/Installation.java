package org.millrace.topology;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the programs to run lie.
 *
 * @param distribution an unpacked distribution of Millrace
 * @param kafkaLib the jars of a Kafka broker
 * @param hdfsLib the jars of HDFS
 */
public record Installation(Path distribution, Path kafkaLib, Path hdfsLib) {
    /**
     * As the system properties {@code millrace.distribution}, {@code millrace.kafka-server.lib} and
     * {@code millrace.hdfs-server.lib} say.
     *
     * @throws IllegalStateException when one of them is not set or no directory
     */
    public static Installation ofSystemProperties() {
        return new Installation(
                directory("millrace.distribution"),
                directory("millrace.kafka-server.lib"),
                directory("millrace.hdfs-server.lib"));
    }

    private static Path directory(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("the system property " + property + " is not set: use bin/millrace");
        }
        Path path = Path.of(value).toAbsolutePath().normalize();
        if (!Files.isDirectory(path)) {
            throw new IllegalStateException("there is no " + path + ": build the checkout with mvn package");
        }
        return path;
    }

    /** The script that becomes a node. */
    Path script() {
        return distribution.resolve("bin/millrace");
    }
}
