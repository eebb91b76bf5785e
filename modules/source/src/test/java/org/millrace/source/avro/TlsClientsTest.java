package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.avrorpc.Status;
import org.millrace.settings.InvalidConfigException;
import org.millrace.source.SourceRefusedException;
import org.millrace.source.node.SourceSettings;
import org.millrace.trial.TestCertificates;

/** Who may connect over TLS, who may not, and what the log says then. */
class TlsClientsTest {
    @TempDir
    private static Path directory;

    private static TestCertificates keys;

    private final ServedChannel served = new ServedChannel(1000);

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = new TestCertificates(directory, "server", "client", "stranger");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource({"none, false", "none, true", "wanted, false", "required, false"})
    void shouldServeAClientThatTrustsAndIsTrusted(String certificates, boolean compressed) throws Exception {
        served.serve(tls("client-certificates = " + certificates) + (compressed ? "\ncompression = deflate" : ""));
        try (TestClient client = client("server", certificates.equals("none") ? "" : "client", compressed)) {
            stores(client, "one");
            stores(client, "two");
        }
        assertThat(served.meter("broken.connections")).isZero();
    }

    @Test
    void shouldCutOffAClientThatDoesNotTrustUs() throws Exception {
        served.serve(tls(""));
        assertThatThrownBy(() -> client("stranger", "", false)).isInstanceOf(IOException.class);
        served.awaitLine("the client does not trust this source's certificate (tls.keystore)");
        stillServes();
    }

    @ParameterizedTest
    @CsvSource({"stranger", "''"})
    void shouldCutOffAClientThatWeDoNotTrust(String certificate) throws Exception {
        served.serve(tls("client-certificates = required"));
        assertThatThrownBy(() -> {
                    try (TestClient client = client("server", certificate, false)) {
                        client.send("not taken").answer();
                    }
                })
                .isInstanceOf(IOException.class);
        served.awaitLine("the client has no certificate that tls.truststore trusts");
        try (TestClient client = client("server", "client", false)) {
            stores(client, "still serves");
        }
    }

    @Test
    void shouldCutOffAClientWithoutTls() throws Exception {
        served.serve(tls(""));
        try (TestClient plain = TestClient.connect(served.port).send("not taken")) {
            plain.awaitClosed();
        }
        served.awaitLine("this source has TLS, the peer does not use it");
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "half a hello", "a hello and no more"})
    void shouldCutOffAClientThatStopsBeforeItsHandshakeIsDone(String says) throws Exception {
        served.serve(tls("") + "\nrequest-timeout = 300 ms");
        byte[] hello = hello();
        int length = says.equals("nothing") ? 0 : says.startsWith("half") ? hello.length / 2 : hello.length;
        try (TestClient slow = TestClient.connect(served.port).raw(Arrays.copyOf(hello, length))) {
            slow.awaitClosed();
        }
        served.awaitLine("no TLS handshake within 0.3 s (request-timeout)");
        stillServes();
    }

    @Test
    void shouldCutOffAClientThatSendsItsHandshakeAByteNowAndThen() throws Exception {
        served.serve(tls("") + "\nrequest-timeout = 300 ms");
        try (TestClient slow = TestClient.connect(served.port).raw(new byte[] {0x16, 3, 1, 0x40, 0})) {
            slow.trickleUntilClosed();
        }
        served.awaitLine("no TLS handshake within 0.3 s (request-timeout)");
        stillServes();
    }

    @ParameterizedTest
    @CsvSource({
        "keystore = /none.p12, 'keystore: /none.p12: there is no such file; correct the name'",
        "keystore = /, 'keystore: /: is a directory; name the file in it'",
        "keystore = /dev/null, keystore: cannot read /dev/null (PKCS12): ",
        "keystore-password = wrong, server.p12 (PKCS12): keystore password was incorrect",
        "truststore-password = wrong, client-trusted.p12 (PKCS12): keystore password was incorrect",
        "truststore = /none.p12, 'truststore: /none.p12: there is no such file; correct the name'",
        "include-protocols = [SSLv2], 'tls: no protocol is left of those that this Java runtime enables: TLSv1.3'",
    })
    void shouldBeAMistakeOfTheConfigurationWhereTlsCannotBeUsed(String key, String message) {
        assertThatThrownBy(() -> served.settings(tls(key)))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        e -> assertThat(e.problems())
                                .hasSize(1)
                                .first()
                                .asString()
                                .contains(message));
    }

    @Test
    void shouldBeAMistakeOfTheConfigurationWhereTheKeystoreHasNoKey() {
        assertThatThrownBy(() -> served.settings(tls("keystore = \"" + keys.trusting("client") + "\"")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("there is no private key in " + keys.trusting("client"));
    }

    @Test
    void shouldRefuseToRunOnceItsKeystoreIsGone() throws IOException {
        Path copy = Files.copy(keys.keys("server"), directory.resolve("passing.p12"));
        SourceSettings settings = served.settings(tls("keystore = \"" + copy + "\""));
        Files.delete(copy);

        served.run(settings);

        assertThat(served.owner.receiveMessage().cause())
                .isInstanceOf(SourceRefusedException.class)
                .hasMessageContaining("its tls cannot be used: " + copy + ": there is no such file");
    }

    private static byte[] hello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private void stillServes() throws Exception {
        try (TestClient client = client("server", "", false)) {
            stores(client, "still serves");
        }
    }

    private void stores(TestClient client, String body) throws IOException {
        client.send(body);
        assertThat(served.store(1)).containsExactly(body);
        assertThat(client.answer()).isEqualTo(Status.OK);
    }

    private static String tls(String keysOfTls) {
        return "tls { enabled = true, keystore = \"" + keys.keys("server") + "\", keystore-password = "
                + TestCertificates.PASSWORD + ", truststore = \"" + keys.trusting("client")
                + "\", truststore-password = "
                + TestCertificates.PASSWORD + "\n" + keysOfTls + " }";
    }

    private TestClient client(String trusts, String certificate, boolean compressed) throws Exception {
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(load(keys.trusting(trusts)));
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(certificate.isEmpty() ? null : load(keys.keys(certificate)), TestCertificates.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) TestClient.connected(context.getSocketFactory().createSocket(), served.port);
        socket.startHandshake();
        return TestClient.over(socket, compressed);
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        return store;
    }
}
