package org.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class BatchCodecTest {
    private static final SourceId SOURCE = new SourceId("weblogs", -42);

    @Test
    void shouldReadWhatItWrote() throws IOException {
        EventBatch batch = sample();

        EventBatch read = decode(encode(batch));

        assertThat(read.source()).isEqualTo(SOURCE);
        assertThat(read.size()).isEqualTo(3);
        assertThat(read.bytes()).isEqualTo(batch.bytes());
        for (int i = 0; i < batch.size(); i++) {
            assertThat(read.copyBody(i)).isEqualTo(batch.copyBody(i));
            assertThat(read.position(i)).isEqualTo(batch.position(i));
            assertThat(read.headers(i)).isEqualTo(batch.headers(i));
        }
    }

    @Test
    void shouldBeReadableWithPlainAvroAndTheSchemaAlone() throws IOException {
        Schema schema;
        try (InputStream in = EventBatch.class.getResourceAsStream("event-batch.avsc")) {
            schema = new Schema.Parser().parse(in);
        }

        GenericRecord record = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(encode(sample()), null));

        assertThat(record.get("source")).hasToString("weblogs");
        assertThat(record.get("incarnation")).isEqualTo(-42L);
        assertThat(record.get("generation")).isEqualTo(7L);
        assertThat(record.get("startOffset")).isEqualTo(100L);
        assertThat(record.get("headers")).hasToString("{basename=a.log}");
        assertThat(record.get("lengths")).isEqualTo(List.of(3, 0, 2));
        assertThat(record.get("advances")).isEqualTo(List.of(4, 5, 8));
        assertThat(record.get("ownHeaders")).hasToString("[{\"event\": 2, \"headers\": {\"part\": \"1\"}}]");
        assertThat(record.get("bodies")).isEqualTo(ByteBuffer.wrap("one!!".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldSendSharedHeadersOnce() throws IOException {
        byte[] slab = new byte[1000];
        EventBatch.Builder batch = EventBatch.builder(SOURCE, 1, 0, Map.of("file", "x".repeat(500)), slab);
        for (int i = 0; i < 1000; i++) {
            batch.add(i, 1, i + 1);
        }

        assertThat(encode(batch.build())).hasSizeLessThan(5000);
    }

    @Test
    void shouldRefuseEveryTruncationOfABatch() throws IOException {
        byte[] bytes = encode(sample());
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(part)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldMeetGarbageWithAnIoExceptionAndNothingElse() {
        Random random = new Random(17);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            try {
                decode(garbage);
            } catch (IOException asItShould) {
                // Whatever else it throws fails the test.
            }
        }
    }

    private static EventBatch sample() {
        byte[] slab = "one\n\n!!\n".getBytes(StandardCharsets.UTF_8);
        return EventBatch.builder(SOURCE, 7, 100, Map.of("basename", "a.log"), slab)
                .add(0, 3, 104)
                .add(4, 0, 105)
                .add(5, 2, 108, Map.of("part", "1"))
                .build();
    }

    private static byte[] encode(EventBatch batch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        BatchCodec.write(batch, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static EventBatch decode(byte[] bytes) throws IOException {
        return BatchCodec.read(DecoderFactory.get().binaryDecoder(bytes, null), bytes.length);
    }
}
