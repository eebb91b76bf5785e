package org.millrace.avrorpc;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.TLSClosing;
import org.apache.pekko.stream.TLSProtocol.SendBytes;
import org.apache.pekko.stream.TLSProtocol.SessionBytes;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.TLS;
import org.apache.pekko.util.ByteString;
import org.millrace.settings.ConfigSection;

/**
 * One end of TLS connections.
 *
 * @param keys the own certificate and its key, if there is one
 * @param trusted certificates and authorities to trust; without a file those of the Java runtime
 * @param choice which protocols and ciphers may be used
 */
public record TlsEnd(Optional<KeyStoreFile> keys, Optional<KeyStoreFile> trusted, Choice choice) {

    /** What a server makes of its clients' certificates. */
    public enum ClientCertificates {
        /** They are not asked for. */
        NONE,
        /** A client needs none, but one that it shows must be trusted. */
        WANTED,
        /** A client needs one that is trusted. */
        REQUIRED
    }

    /** Which servers a client talks to. */
    public enum ServerCertificates {
        /** Any, as if there were no certificates. */
        ANY,
        /** Those whose certificate is trusted, whatever name it has. */
        TRUSTED,
        /** Those whose certificate is trusted and has the name of the host. */
        TRUSTED_WITH_HOST
    }

    /** Out of those that the Java runtime enables. An empty list of included ones includes all. */
    public record Choice(
            List<String> includeProtocols,
            List<String> excludeProtocols,
            List<String> includeCiphers,
            List<String> excludeCiphers) {}

    private interface Use {
        void make() throws GeneralSecurityException;
    }

    /**
     * Reads the section {@code tls} of a source or a sink, if that has {@code enabled = true}. Its keys
     * are explained where their defaults are. Call {@link #check} when the rest is read as well.
     */
    public static Optional<TlsEnd> from(ConfigSection tls) {
        boolean enabled = tls.bool("enabled");
        TlsEnd end = new TlsEnd(
                KeyStoreFile.from(tls, "keystore"),
                KeyStoreFile.from(tls, "truststore"),
                new Choice(
                        tls.strings("include-protocols"),
                        tls.strings("exclude-protocols"),
                        tls.strings("include-cipher-suites"),
                        tls.strings("exclude-cipher-suites")));
        return enabled ? Optional.of(end) : Optional.empty();
    }

    /**
     * Notes in {@code tls}, the section that this was read from, what cannot be used: what a start would
     * find. Reads the files, which blocks.
     *
     * @param trustsAny whether nobody's certificate is looked at, so that {@code trusted} is not needed
     */
    public void check(ConfigSection tls, boolean trustsAny) {
        keys.ifPresent(file -> check(this::keyManagers, message -> tls.problem("keystore", message)));
        if (!trustsAny) {
            trusted.ifPresent(file -> check(this::trustManagers, message -> tls.problem("truststore", message)));
        }
        check(() -> chosen(context(new KeyManager[0], new TrustManager[0]).createSSLEngine()), tls::problem);
    }

    private static void check(Use use, Consumer<String> problem) {
        try {
            use.make();
        } catch (TlsException | GeneralSecurityException e) {
            problem.accept(e.getMessage());
        }
    }

    /**
     * Reads the files, which blocks, and makes engines for a server's connections.
     *
     * @throws TlsException when a file cannot be used, or no protocol or cipher is left
     */
    public Supplier<SSLEngine> server(ClientCertificates clients) {
        SSLContext context = context(false);
        // What does not work shows now, and not at the first connection.
        chosen(context.createSSLEngine());
        return () -> {
            SSLEngine engine = chosen(context.createSSLEngine());
            engine.setUseClientMode(false);
            engine.setWantClientAuth(clients == ClientCertificates.WANTED);
            if (clients == ClientCertificates.REQUIRED) {
                engine.setNeedClientAuth(true);
            }
            return engine;
        };
    }

    /**
     * Reads the files, which blocks, and makes engines for connections to a host and port.
     *
     * @throws TlsException when a file cannot be used, or no protocol or cipher is left
     */
    public BiFunction<String, Integer, SSLEngine> client(ServerCertificates servers) {
        SSLContext context = context(servers == ServerCertificates.ANY);
        // What does not work shows now, and not at the first connection.
        chosen(context.createSSLEngine());
        return (host, port) -> {
            SSLEngine engine = chosen(context.createSSLEngine(host, port));
            engine.setUseClientMode(true);
            if (servers == ServerCertificates.TRUSTED_WITH_HOST) {
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                engine.setSSLParameters(parameters);
            }
            return engine;
        };
    }

    /** {@code plain} over TLS: what a connection's bytes go through instead of {@code plain}. */
    public static <M> Flow<ByteString, ByteString, M> around(
            Flow<ByteString, ByteString, M> plain, Supplier<SSLEngine> engines, Consumer<SSLSession> onSession) {
        Flow<SslTlsInbound, SslTlsOutbound, M> inside = Flow.of(SslTlsInbound.class)
                .collectType(SessionBytes.class)
                .map(SessionBytes::bytes)
                .viaMat(plain, Keep.right())
                .via(new UntilTheEnd<>())
                .map(SendBytes::new);
        BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> tls =
                TLS.create(engines, onSession, TLSClosing.eagerClose());
        return inside.joinMat(tls, Keep.left());
    }

    private SSLContext context(boolean trustAny) {
        try {
            return context(keyManagers(), trustAny ? new TrustManager[] {new TrustEverybody()} : trustManagers());
        } catch (GeneralSecurityException e) {
            throw new TlsException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trusted) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trusted, null);
        return context;
    }

    private KeyManager[] keyManagers() throws GeneralSecurityException {
        if (keys.isEmpty()) {
            return new KeyManager[0];
        }
        KeyStoreFile file = keys.get();
        KeyStore store = file.load();
        boolean hasKey = false;
        for (String alias : Collections.list(store.aliases())) {
            hasKey |= store.isKeyEntry(alias);
        }
        if (!hasKey) {
            throw new TlsException("there is no private key in " + file);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        try {
            factory.init(store, file.secret());
        } catch (GeneralSecurityException e) {
            throw new TlsException("cannot use the key in " + file + ": " + e.getMessage(), e);
        }
        return factory.getKeyManagers();
    }

    private TrustManager[] trustManagers() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted.map(KeyStoreFile::load).orElse(null));
        return factory.getTrustManagers();
    }

    private SSLEngine chosen(SSLEngine engine) {
        engine.setEnabledProtocols(
                left("protocol", engine.getEnabledProtocols(), choice.includeProtocols(), choice.excludeProtocols()));
        engine.setEnabledCipherSuites(left(
                "cipher suite", engine.getEnabledCipherSuites(), choice.includeCiphers(), choice.excludeCiphers()));
        return engine;
    }

    private static String[] left(String what, String[] enabled, List<String> included, List<String> excluded) {
        Set<String> unwanted = new HashSet<>(excluded);
        String[] left = Arrays.stream(enabled)
                .filter(name -> (included.isEmpty() || included.contains(name)) && !unwanted.contains(name))
                .toArray(String[]::new);
        if (left.length == 0) {
            throw new TlsException(
                    "no " + what + " is left of those that this Java runtime enables: " + String.join(", ", enabled));
        }
        return left;
    }
}
