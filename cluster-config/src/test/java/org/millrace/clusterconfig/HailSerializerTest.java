package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.junit.jupiter.api.Test;

class HailSerializerTest {
    private static final Hail HAIL = new Hail(
            "pekko://millrace@node01:2552",
            Long.MIN_VALUE,
            77,
            1_000,
            "pekko://millrace@collector-\u00fc:2552",
            -5_000_000_000L,
            true);

    private static final HailSerializer SERIALIZER = new HailSerializer();

    @Test
    void shouldBeWhatPekkoUsesForAHail() {
        ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
        try {
            Serializer chosen = SerializationExtension.get(kit.system()).findSerializerFor(HAIL);

            assertThat(chosen).isInstanceOf(HailSerializer.class);
            assertThat(chosen.identifier()).isEqualTo(271829);
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void shouldReadWhatItWrote() throws IOException {
        assertThat(SERIALIZER.fromBinary(SERIALIZER.toBinary(HAIL), SERIALIZER.manifest(HAIL)))
                .isEqualTo(HAIL);
    }

    @Test
    void shouldBeReadableWithPlainAvroAndTheSchemaAlone() throws Exception {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(SERIALIZER.toBinary(HAIL), null);

        GenericRecord record = new GenericDatumReader<GenericRecord>(readSchema()).read(null, in);

        assertThat(in.isEnd()).as("bytes left over").isTrue();
        for (RecordComponent component : Hail.class.getRecordComponents()) {
            assertThat(record.get(component.getName()))
                    .hasToString(component.getAccessor().invoke(HAIL).toString());
        }
    }

    @Test
    void shouldStillReadTheBytesOfVersionOne() throws IOException {
        try (InputStream in = HailSerializerTest.class.getResourceAsStream("golden/Hail.1.hex")) {
            assertThat(in)
                    .as("golden/Hail.1.hex: " + HexFormat.of().formatHex(SERIALIZER.toBinary(HAIL)))
                    .isNotNull();
            byte[] bytes = HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());

            assertThat(SERIALIZER.fromBinary(bytes, "Hail.1")).isEqualTo(HAIL);
        }
    }

    @Test
    void shouldIgnoreFieldsThatALaterVersionAppends() throws IOException {
        byte[] bytes = SERIALIZER.toBinary(HAIL);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 9);
        Arrays.fill(longer, bytes.length, longer.length, (byte) 0xff);

        assertThat(SERIALIZER.fromBinary(longer, "Hail.2")).isEqualTo(HAIL);
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] bytes = SERIALIZER.toBinary(HAIL);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> SERIALIZER.fromBinary(part, "Hail.1"))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(NotSerializableException.class);
        }
    }

    @Test
    void shouldRefuseAMessageThatItDoesNotKnow() {
        assertThatThrownBy(() -> SERIALIZER.fromBinary(new byte[8], "Greet.1"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("Greet.1");
    }

    @Test
    void shouldMeetGarbageWithAnErrorAndNothingElse() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = new byte[random.nextInt(100)];
            random.nextBytes(garbage);
            try {
                assertThat(SERIALIZER.fromBinary(garbage, "Hail.1")).isInstanceOf(Hail.class);
            } catch (IOException expected) {
                assertThat(expected).isInstanceOf(NotSerializableException.class);
            }
        }
    }

    private static Schema readSchema() throws IOException {
        try (InputStream in = Hail.class.getResourceAsStream("hail.avsc")) {
            return new Schema.Parser().parse(in);
        }
    }
}
