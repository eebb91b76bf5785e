package org.millrace.topology.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FedLineTest {
    private static final FedLine LINE = new FedLine("node02", 17, 1_795_564_698_483L);

    @Test
    void shouldReadBackWhatItWrites() {
        for (int length : new int[] {FedLine.shortest("node02"), FedLine.USUAL_LENGTH, FedLine.LONGEST}) {
            byte[] bytes = LINE.bytes(length);
            assertThat(bytes).hasSize(length).endsWith((byte) '\n');
            assertThat(new String(bytes, UTF_8)).hasLineCount(1).startsWith("node02 0000000017 1795564698483");
            assertThat(FedLine.parse(bytes, 0, length - 1)).hasValue(LINE);
        }
    }

    @Test
    void shouldReadALineInTheMiddleOfABuffer() {
        byte[] bytes = ("xx" + new String(LINE.bytes(100), UTF_8) + "xx").getBytes(UTF_8);
        assertThat(FedLine.parse(bytes, 2, 99)).hasValue(LINE);
    }

    @Test
    void shouldSeeWhatIsTorn() {
        byte[] bytes = LINE.bytes(FedLine.USUAL_LENGTH);
        for (int length = 0; length < bytes.length - 1; length++) {
            assertThat(FedLine.parse(bytes, 0, length))
                    .as("first %d bytes", length)
                    .isEmpty();
        }
    }

    @Test
    void shouldSeeASingleChangedByte() {
        byte[] bytes = LINE.bytes(FedLine.USUAL_LENGTH);
        for (int i = "node02 0000000017 1795564698483".length(); i < bytes.length - 1; i++) {
            byte before = bytes[i];
            bytes[i] ^= 1;
            assertThat(FedLine.parse(bytes, 0, bytes.length - 1))
                    .as("byte %d", i)
                    .isEmpty();
            bytes[i] = before;
        }
    }

    @Test
    void shouldGiveNeighboursDifferentRests() {
        byte[] next = new FedLine("node02", 18, LINE.fedAt()).bytes(100);
        assertThat(new String(next, UTF_8).substring(31))
                .isNotEqualTo(new String(LINE.bytes(100), UTF_8).substring(31));
    }

    @Test
    void shouldRefuseWhatIsNoLength() {
        assertThatThrownBy(() -> LINE.bytes(FedLine.shortest("node02") - 1)).hasMessageContaining("must be from");
    }
}
