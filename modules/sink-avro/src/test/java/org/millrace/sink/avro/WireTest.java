package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.sink.SinkRunner.Phase;
import org.millrace.trial.TestCertificates;

/** Compression and TLS with Flume's own nodes, on both sides and on one side only. */
class WireTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final char[] PASSWORD = TestCertificates.PASSWORD.toCharArray();
    private static final String DEFLATE = "compression-type = deflate";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static FlumeCollector plain;
    private static FlumeCollector deflating;
    private static FlumeCollector encrypting;
    private static FlumeCollector both;

    @BeforeAll
    static void start() {
        certificates = new TestCertificates(directory, "server");
        String[] ssl = {
            "ssl = true",
            "keystore = " + certificates.keys("server"),
            "keystore-password = " + TestCertificates.PASSWORD,
            "keystore-type = PKCS12"
        };
        plain = FlumeCollector.start(directory.resolve("plain"));
        deflating = FlumeCollector.start(directory.resolve("deflating"), DEFLATE);
        encrypting = FlumeCollector.start(directory.resolve("encrypting"), ssl);
        both = FlumeCollector.start(directory.resolve("both"), ssl[0], ssl[1], ssl[2], ssl[3], DEFLATE);
    }

    @AfterAll
    static void stop() {
        for (FlumeCollector collector : new FlumeCollector[] {plain, deflating, encrypting, both}) {
            collector.close();
        }
    }

    @Test
    void shouldCompress() {
        assertDelivers(deflating, "compression = deflate, compression-level = 9");
    }

    @Test
    void shouldEncrypt() {
        assertDelivers(encrypting, "tls { enabled = true, " + trusting() + " }");
    }

    @Test
    void shouldEncryptAndCompress() {
        assertDelivers(both, "compression = deflate, tls { enabled = true, " + trusting() + " }");
    }

    @Test
    void shouldEncryptWithoutAskingForTrustWhereTold() {
        assertDelivers(encrypting, "tls { enabled = true, trust-all = true }");
    }

    @Test
    void shouldSayThatOnlyOneSideCompresses() {
        assertThat(reason(plain, "compression = deflate")).contains("compression-type");
        assertThat(reason(deflating, "")).contains("compression-type");
    }

    @Test
    void shouldSayThatOnlyOneSideEncrypts() {
        assertThat(reason(plain, "tls { enabled = true, trust-all = true }")).contains("ssl");
        assertThat(reason(encrypting, "")).contains("ssl");
    }

    @Test
    void shouldSayThatItDoesNotTrust() {
        assertThat(reason(encrypting, "tls { enabled = true }"))
                .contains("PKIX")
                .endsWith("its certificate is not trusted: name its authority's in tls.truststore");
    }

    @Test
    void shouldSayThatTheCertificateIsAnothers() {
        String tls = "tls { enabled = true, " + trusting() + " }";
        assertThat(reason("localhost", encrypting.port(), tls)).contains("tls.check-host");
        assertDelivers("localhost", encrypting, "tls { enabled = true, check-host = false, " + trusting() + " }");
    }

    @Test
    void shouldSayThatAFileIsGoneSinceTheSettingsWereRead() throws IOException {
        Path passing = Files.copy(certificates.trusting("server"), directory.resolve("passing.p12"));
        AvroSettings settings = settings(
                "127.0.0.1",
                encrypting.port(),
                "tls { enabled = true, truststore = \"" + passing + "\", truststore-password = "
                        + TestCertificates.PASSWORD + " }");
        Files.delete(passing);

        try (SinkUnderTest sink = SinkUnderTest.start(settings)) {
            assertThat(reason(sink)).isEqualTo(passing + ": there is no such file; correct the name");
        }
    }

    @Test
    void shouldSayThatAHostIsUnknown() {
        // Too long for a name server to be asked about it.
        String unknown = "no-such-host-" + "x".repeat(60);
        assertThat(reason(unknown, 4141, "")).contains("its name is not known here (" + unknown);
    }

    @Test
    void shouldSayThatAHostIsSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket();
                Socket second = new Socket()) {
            // They fill the backlog, so that nobody answers the next.
            first.connect(silent.getLocalSocketAddress());
            second.connect(silent.getLocalSocketAddress());
            assertThat(reason("127.0.0.1", silent.getLocalPort(), ""))
                    .contains("it does not accept a connection within connect-timeout");
        }
    }

    @Test
    void shouldSayThatACollectorDemandsACertificate() throws Exception {
        try (SSLServerSocket server = demanding()) {
            Thread other = new Thread(() -> shakeHands(server), "demanding");
            other.start();
            assertThat(reason("127.0.0.1", server.getLocalPort(), "tls { enabled = true, " + trusting() + " }"))
                    .contains("Received fatal alert")
                    .endsWith("it demands a certificate: name one that it trusts in tls.keystore");
        }
    }

    private static SSLServerSocket demanding() throws Exception {
        KeyStore keys = KeyStore.getInstance(certificates.keys("server").toFile(), PASSWORD);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        return server;
    }

    private static void shakeHands(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
            } catch (IOException refused) {
                // As it should be.
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "220 mail.example.org ready | no Avro RPC: a frame of 1835100524 buffers",
                "'' | it closed the connection; is it an Avro source",
            })
    void shouldSayThatSomebodyElseAnswers(String greeting, String reason) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread other = new Thread(() -> greet(server, greeting), "somebody else");
            other.start();
            assertThat(reason("127.0.0.1", server.getLocalPort(), "")).contains(reason);
        }
    }

    private static void greet(ServerSocket server, String greeting) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                // The test is over, or the client has had enough.
            }
        }
    }

    private static String trusting() {
        return "truststore = \"" + certificates.trusting("server") + "\", truststore-password = "
                + TestCertificates.PASSWORD;
    }

    private static void assertDelivers(FlumeCollector collector, String keys) {
        assertDelivers("127.0.0.1", collector, keys);
    }

    private static void assertDelivers(String host, FlumeCollector collector, String keys) {
        int before = collector.lines().size();
        try (SinkUnderTest sink = sink(host, collector.port(), keys)) {
            sink.put(Batches.of(1, 500));
            sink.awaitAllCommitted();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(collector.lines()).hasSize(before + 500));
    }

    private static String reason(FlumeCollector collector, String keys) {
        return reason("127.0.0.1", collector.port(), keys);
    }

    private static String reason(String host, int port, String keys) {
        try (SinkUnderTest sink = sink(host, port, keys)) {
            return reason(sink);
        }
    }

    private static String reason(SinkUnderTest sink) {
        await().atMost(PATIENCE).until(() -> sink.state().phase() == Phase.RETRYING);
        return sink.state().reason();
    }

    private static SinkUnderTest sink(String host, int port, String keys) {
        return SinkUnderTest.start(settings(host, port, keys));
    }

    private static AvroSettings settings(String host, int port, String keys) {
        return SinkUnderTest.settings("request-timeout = 2 s, connect-timeout = 2 s\ncollectors { a { host = " + host
                + ", port = " + port + " } }\n" + keys);
    }
}
