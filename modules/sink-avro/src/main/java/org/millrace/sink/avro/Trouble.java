package org.millrace.sink.avro;

import java.util.concurrent.CompletionException;
import java.util.zip.DataFormatException;
import org.apache.pekko.stream.StreamTcpException;
import org.millrace.avrorpc.WireException;

/** Says why a connection came to nothing, and what to change where that can be known. */
final class Trouble {
    private static final String AGREE =
            "; is it an Avro source, and do compression and tls here agree with its compression-type and ssl?";

    private Trouble() {}

    /** The reason, for a connection that was made as {@code wire} says and has answered nothing yet. */
    static String explain(Throwable failure, AvroSettings.Wire wire) {
        Throwable root = root(failure);
        if (root instanceof DataFormatException) {
            return "what it sends is not compressed (" + root.getMessage()
                    + "): set compression = none here, or compression-type = deflate there";
        }
        if (root instanceof WireException) {
            return text(root) + AGREE;
        }
        return text(root);
    }

    /** The reason alone. */
    static String text(Throwable failure) {
        Throwable root = root(failure);
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
