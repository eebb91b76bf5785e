package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.avrorpc.WireException;

class OpeningTest {
    private static final String REQUEST = "0000000100000002";
    private static final String ZLIB = "789c6260";
    private static final String HELLO = "160301020001";
    private static final String HTTP = "474554202f20485454502f312e310d0a";

    @ParameterizedTest
    @CsvSource({
        REQUEST + ", false, false, PLAIN",
        HTTP + ", false, false, PLAIN",
        ZLIB + ", true, false, DEFLATE",
        "78, true, false, DEFLATE",
        HELLO + ", false, true, TLS",
        "16, false, true, TLS",
        HELLO + ", true, true, DEFLATE_IN_TLS",
        ZLIB + ", true, true, TLS_IN_DEFLATE",
    })
    void shouldTellHowAPeerSpeaks(String first, boolean compressed, boolean encrypted, Opening opening)
            throws WireException {
        assertThat(Opening.of(bytes(first), compressed, encrypted)).isEqualTo(opening);
    }

    @ParameterizedTest
    @CsvSource({
        REQUEST + ", true, false, 'this source has compression (deflate), the peer does not'",
        REQUEST + ", true, false, 'neither compressed nor encrypted'",
        HELLO + ", true, false, 'it begins with a TLS handshake, so set tls.enabled = true here'",
        REQUEST + ", false, true, 'this source has TLS, the peer does not'",
        ZLIB + ", false, true, 'it begins as a compressed stream, so set compression = deflate here'",
        HTTP + ", false, true, 'it begins with the text ''GET / HTTP/1.1'''",
        REQUEST + ", true, true, 'this source has compression and TLS, the peer does not'",
        "ff, true, true, 'it begins with the byte 255'",
    })
    void shouldSayWhatToChange(String first, boolean compressed, boolean encrypted, String message) {
        assertThatThrownBy(() -> Opening.of(bytes(first), compressed, encrypted))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(message);
    }

    private static ByteString bytes(String hex) {
        return ByteString.fromArray(HexFormat.of().parseHex(hex));
    }
}
