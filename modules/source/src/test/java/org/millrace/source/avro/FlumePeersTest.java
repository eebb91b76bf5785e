package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.trial.FlumeNode;
import org.millrace.trial.FreePorts;
import org.millrace.trial.JavaProcess;
import org.millrace.trial.TestCertificates;

/** Flume 1.11's own programs, unchanged, in processes of their own. */
class FlumePeersTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.flume-server.lib"));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LINES = 1000;

    @TempDir
    private static Path keyDirectory;

    private static TestCertificates keys;

    @TempDir
    private Path directory;

    private final ServedChannel served = new ServedChannel(100);

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = new TestCertificates(keyDirectory, "server");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource({
        "default, false, false",
        "default, true, false",
        "default, false, true",
        "default, true, true",
        "default_failover, false, false",
        "default_loadbalance, true, true",
    })
    void shouldBeServed(String clientType, boolean compressed, boolean encrypted) throws IOException {
        served.serve(serverKeys(compressed, encrypted));
        // The failing host first: failover and load balancing find the other.
        int nobody = FreePorts.take(1).get(0);
        String hosts = clientType.equals("default")
                ? "hosts = h1\nhosts.h1 = 127.0.0.1:" + served.port
                : "hosts = h0 h1\nhosts.h0 = 127.0.0.1:" + nobody + "\nhosts.h1 = 127.0.0.1:" + served.port;
        try (JavaProcess client = client("client.type = " + clientType + "\n" + hosts + "\n"
                + clientKeys("", compressed, encrypted) + "batch-size = 50\n")) {
            assertThat(served.store(LINES)).containsExactlyElementsOf(lines());
            assertThat(client.awaitExit(LIMIT)).as(client::logTail).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void shouldDeliverFromAnAgentOfFlume(boolean compressed, boolean encrypted) throws IOException {
        served.serve(serverKeys(compressed, encrypted));
        Path spool = Files.createDirectories(directory.resolve("spool"));
        Files.write(spool.resolve("lines"), lines());
        try (FlumeNode agent = FlumeNode.start(
                LIB,
                directory.resolve("agent"),
                """
                a1.sources = r1
                a1.channels = c1
                a1.sinks = k1
                a1.sources.r1.type = spooldir
                a1.sources.r1.spoolDir = %s
                a1.sources.r1.basenameHeader = true
                a1.sources.r1.channels = c1
                a1.channels.c1.type = memory
                a1.channels.c1.capacity = 10000
                a1.channels.c1.transactionCapacity = 100
                a1.sinks.k1.type = avro
                a1.sinks.k1.channel = c1
                a1.sinks.k1.hostname = 127.0.0.1
                a1.sinks.k1.port = %d
                """.formatted(spool, served.port) + clientKeys("a1.sinks.k1.", compressed, encrypted))) {
            assertThat(served.store(LINES)).containsExactlyElementsOf(lines());
            assertThat(agent.isAlive()).isTrue();
        }
        assertThat(served.meter("broken.connections")).isZero();
    }

    @Test
    void shouldSendAClientElsewhereWhenTheSourceStops() throws IOException {
        served.serve("");
        try (ServedChannel other = new ServedChannel(100).serve("");
                JavaProcess client = client("client.type = default_failover\nhosts = h1 h2\nhosts.h1 = 127.0.0.1:"
                        + served.port + "\nhosts.h2 = 127.0.0.1:" + other.port + "\nbatch-size = 50\n")) {
            List<String> first = served.store(100);
            served.take();
            served.stop(Duration.ofMillis(1));

            List<String> rest = other.store(LINES - 100);

            assertThat(first).isEqualTo(lines().subList(0, 100));
            assertThat(rest).isEqualTo(lines().subList(100, LINES));
            assertThat(client.awaitExit(LIMIT)).as(client::logTail).isZero();
        }
    }

    /** It can neither compress nor encrypt. */
    @Test
    void shouldServeLog4jsFlumeAppender() throws IOException {
        served.serve("");
        Path configuration = Files.writeString(directory.resolve("log4j2.xml"), """
                <Configuration status="warn">
                  <Appenders>
                    <Flume name="flume" type="Avro" compress="false" ignoreExceptions="false">
                      <Agent host="127.0.0.1" port="%d"/>
                      <PatternLayout pattern="%%m"/>
                    </Flume>
                  </Appenders>
                  <Loggers><Root level="info"><AppenderRef ref="flume"/></Root></Loggers>
                </Configuration>
                """.formatted(served.port));
        Path program = Files.writeString(directory.resolve("Logs.java"), """
                public class Logs {
                    public static void main(String[] args) {
                        var log = org.apache.logging.log4j.LogManager.getLogger("logs");
                        for (int i = 0; i < %d; i++) {
                            log.info("line " + i);
                        }
                        org.apache.logging.log4j.LogManager.shutdown();
                    }
                }
                """.formatted(LINES));
        try (JavaProcess logs = JavaProcess.start(
                "logs",
                List.of("-Xmx128m", "-Djava.net.preferIPv4Stack=true", "-Dlog4j2.configurationFile=" + configuration),
                LIB.toAbsolutePath() + "/*",
                program.toString(),
                List.of(),
                directory.resolve("logs.log"))) {
            assertThat(served.store(LINES)).containsExactlyElementsOf(lines());
            assertThat(logs.awaitExit(LIMIT)).as(logs::logTail).isZero();
        }
    }

    private JavaProcess client(String properties) throws IOException {
        Path file = Files.write(directory.resolve("lines"), lines());
        Path rpc = Files.writeString(directory.resolve("rpc.properties"), properties);
        return JavaProcess.start(
                "avro-client",
                List.of("-Xmx128m", "-Djava.net.preferIPv4Stack=true"),
                LIB.toAbsolutePath() + "/*",
                "org.apache.flume.client.avro.AvroCLIClient",
                List.of("-P", rpc.toString(), "-F", file.toString()),
                directory.resolve("client.log"));
    }

    private static List<String> lines() {
        return IntStream.range(0, LINES).mapToObj(i -> "line " + i).toList();
    }

    private static String serverKeys(boolean compressed, boolean encrypted) {
        return "compression = " + (compressed ? "deflate" : "none")
                + (encrypted
                        ? "\ntls { enabled = true, keystore = \"" + keys.keys("server") + "\", keystore-password = "
                                + TestCertificates.PASSWORD + " }"
                        : "");
    }

    private static String clientKeys(String prefix, boolean compressed, boolean encrypted) {
        String all = compressed ? prefix + "compression-type = deflate\n" : "";
        return encrypted
                ? all + prefix + "ssl = true\n" + prefix + "truststore = " + keys.trusting("server") + "\n" + prefix
                        + "truststore-password = " + TestCertificates.PASSWORD + "\n" + prefix
                        + "truststore-type = PKCS12\n"
                : all;
    }
}
