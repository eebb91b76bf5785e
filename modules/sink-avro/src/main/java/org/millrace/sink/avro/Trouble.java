package org.millrace.sink.avro;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import org.apache.pekko.stream.StreamTcpException;
import org.millrace.avrorpc.WireException;

/** Says why a connection came to nothing, and what to change where that can be known. */
final class Trouble {
    private static final String AGREE =
            "; is it an Avro source, and do compression and tls here agree with its compression-type and ssl?";
    /** Not every server says that it does not. */
    private static final String TRUST = " If it demands a certificate: does it trust the one of tls.keystore?";

    private Trouble() {}

    /** The reason, for a connection that was made as {@code wire} says and has answered nothing yet. */
    static String explain(Throwable failure, AvroSettings.Wire wire) {
        Throwable root = root(failure);
        if (root instanceof DataFormatException) {
            return "what it sends is not compressed (" + root.getMessage()
                    + "): set compression = none here, or compression-type = deflate there";
        }
        if (root instanceof SSLException) {
            return "TLS: " + root.getMessage() + (wire.tls().isPresent() ? hint(root) : "");
        }
        if (root instanceof WireException) {
            return text(root) + AGREE + (wire.tls().isPresent() ? TRUST : "");
        }
        return text(root);
    }

    private static String hint(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("SSL/TLS message") || message.contains("plaintext")) {
            return "; it does not speak TLS: set tls.enabled = false here, or ssl = true there";
        }
        if (message.contains("PKIX") || message.contains("trustAnchors")) {
            return "; its certificate is not trusted: name its authority's in tls.truststore";
        }
        if (message.contains("bad_certificate") || message.contains("certificate_")) {
            return "; it demands a certificate: name one that it trusts in tls.keystore";
        }
        if (message.contains("No subject alternative") || message.contains("No name matching")) {
            return "; its certificate has another name than the collector's host here: tls.check-host = false lets it"
                    + " have any";
        }
        return "";
    }

    /** The reason alone. */
    static String text(Throwable failure) {
        Throwable root = root(failure);
        if (root instanceof UnknownHostException) {
            return "its name is not known here (" + root.getMessage() + "); write one that is, or an address";
        }
        if (root instanceof ConnectException) {
            // Pekko's own, where nobody answers at all.
            return String.valueOf(root.getMessage()).startsWith("Connect timeout")
                    ? "it does not accept a connection within connect-timeout; look at the host, and at what filters"
                            + " packets on the way"
                    : "nobody listens there (" + root.getMessage() + "); start it, or correct its host and port";
        }
        return root.getMessage() == null || root.getMessage().isBlank() ? root.toString() : root.getMessage();
    }

    /** What wraps a cause adds class names only, except on the wire, where the outer message says more. */
    private static Throwable root(Throwable failure) {
        Throwable at = failure;
        while ((at instanceof CompletionException || at instanceof StreamTcpException) && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }
}
