package org.millrace.source.avro;

import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import org.apache.pekko.stream.StreamTcpException;
import org.millrace.avrorpc.WireException;

/** What went wrong with a connection, in words that say what to look at. */
final class Trouble {
    private Trouble() {}

    static String described(Throwable cause) {
        if (cause instanceof SSLException) {
            return "TLS failed: " + rootOf(cause) + hint(rootOf(cause));
        }
        if (cause instanceof DataFormatException || cause.getCause() instanceof DataFormatException) {
            return "what it sends is no compressed stream: " + rootOf(cause);
        }
        if (cause instanceof WireException || cause instanceof StreamTcpException) {
            return cause.getMessage();
        }
        return cause.toString();
    }

    private static String hint(String message) {
        if (message.contains("Received fatal alert")) {
            return "; the client does not trust this source's certificate (tls.keystore), or they have no protocol or"
                    + " cipher in common";
        }
        if (message.contains("PKIX") || message.contains("Empty client certificate chain")) {
            return "; the client has no certificate that tls.truststore trusts";
        }
        if (message.contains("SSL message") || message.contains("SSL/TLS record")) {
            return "; the client does not use TLS";
        }
        return "";
    }

    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
