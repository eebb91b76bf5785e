package org.millrace.avrorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {
    private static final int LIMIT = 1000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 13, 64, 10_000})
    void shouldFindTheSameFramesHoweverTheyAreCut(int piece) throws WireException {
        ByteBuffer all = ByteBuffer.allocate(4096);
        buffers(all, 1, "one ", "frame", "", " in four");
        buffers(all, -2, "");
        buffers(all, 3, "x".repeat(LIMIT));
        all.flip();

        List<String> found = new ArrayList<>();
        FrameAssembler assembler = new FrameAssembler(LIMIT);
        while (all.hasRemaining()) {
            ByteBuffer part = all.slice(all.position(), Math.min(piece, all.remaining()));
            all.position(all.position() + part.remaining());
            while (part.hasRemaining()) {
                assembler.take(part).ifPresent(frame -> found.add(frame.serial() + ":" + text(frame)));
            }
        }

        assertThat(found).containsExactly("1:one frame in four", "-2:", "3:" + "x".repeat(LIMIT));
        assertThat(assembler.midFrame()).isFalse();
        assertThat(assembler.heldBytes()).isZero();
    }

    @Test
    void shouldReadWhatAFrameWrites() throws WireException {
        Frame frame = new Frame(77, "payload".getBytes(StandardCharsets.UTF_8));

        Optional<Frame> read = new FrameAssembler(LIMIT).take(frame.toBytes().asByteBuffer());

        assertThat(read).isPresent();
        assertThat(read.get().serial()).isEqualTo(77);
        assertThat(text(read.get())).isEqualTo("payload");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5, no Avro RPC: a frame of 0 buffers",
        "-1, 5, no Avro RPC: a frame of -1 buffers",
        "2147483647, 5, no Avro RPC: a frame of 2147483647 buffers",
        "1, -1, no Avro RPC: a buffer of -1 bytes",
        "1, 1001, 'a frame of 1001 bytes or more, where 1000 are allowed'",
        "1, 2147483647, 'a frame of 2147483647 bytes or more, where 1000 are allowed'",
    })
    void shouldRefuseWhatIsNoFrameBeforeItTakesMemory(int count, int length, String message) {
        ByteBuffer header =
                ByteBuffer.allocate(12).putInt(1).putInt(count).putInt(length).flip();
        FrameAssembler assembler = new FrameAssembler(LIMIT);

        assertThatThrownBy(() -> assembler.take(header))
                .isInstanceOf(WireException.class)
                .hasMessage(message);
        assertThat(assembler.heldBytes()).isZero();
    }

    @Test
    void shouldHoldTheLimitOverAllBuffersOfAFrame() {
        ByteBuffer all = ByteBuffer.allocate(4096);
        buffers(all, 1, "x".repeat(600), "x".repeat(401));
        all.flip();

        assertThatThrownBy(() -> new FrameAssembler(LIMIT).take(all))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("a frame of 1001 bytes or more");
    }

    @Test
    void shouldTakeMemoryForWhatWasDeliveredAndNotForWhatIsClaimed() throws WireException {
        FrameAssembler assembler = new FrameAssembler(Integer.MAX_VALUE);
        ByteBuffer start = ByteBuffer.allocate(13)
                .putInt(1)
                .putInt(1)
                .putInt(Integer.MAX_VALUE)
                .put((byte) 'x')
                .flip();

        assembler.take(start);

        assertThat(assembler.midFrame()).isTrue();
        assertThat(assembler.heldBytes()).isLessThan(1024);
    }

    private static void buffers(ByteBuffer out, int serial, String... buffers) {
        out.putInt(serial).putInt(buffers.length);
        for (String buffer : buffers) {
            byte[] bytes = buffer.getBytes(StandardCharsets.UTF_8);
            out.putInt(bytes.length).put(bytes);
        }
    }

    private static String text(Frame frame) {
        return new String(frame.payload(), StandardCharsets.UTF_8);
    }
}
