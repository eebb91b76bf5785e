package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.lang.reflect.RecordComponent;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.route.CollectorView.Readiness;

class DeliverySerializerTest {
    /** Any free port of the loopback; no cluster is formed. */
    private static final String REMOTE = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            """;

    /** Whatever Artery has written before the message. */
    private static final int FRAME_HEADER = 28;

    private static final ActorTestKit KIT = startKit();
    private static final ActorTestKit OTHER = startKit();

    private static final String AGENT_REF = "pekko://millrace@node01:2552/user/agent/dispatcher-kafka/$$a-Adapter#-123";
    private static final String RECEIVER_REF = "pekko://millrace@node04:2552/system/millrace-receivers/$a#456";

    /** Of every message that goes over the wire at least one. */
    private static final List<Delivery.WireMessage> CATALOGUE = List.of(
            new Delivery.Greet(ref(AGENT_REF)),
            new Delivery.Greeting(-5_000_000_000L, Readiness.READY),
            new Delivery.Greeting(1, Readiness.WAITING),
            new Delivery.Greeting(2, Readiness.DRAINING),
            new Delivery.OpenLane(new LaneId("node01", "weblogs", "kafka"), 7, Long.MIN_VALUE, ref(AGENT_REF)),
            new Delivery.LaneOpened(Long.MAX_VALUE, ref(RECEIVER_REF), 33_554_432),
            new Delivery.LaneRefused(11),
            new Delivery.Deliver(12, 1, sampleBatch()),
            new Delivery.Enquire(13, 99),
            new Delivery.CloseLane(-14),
            new Delivery.Progress(15, 98, 1 << 20, new Position(3, 70_000_000_000L)),
            new Delivery.Resend(16, 42),
            new Delivery.Draining(17, 41));

    private static final SerializerWithStringManifest SERIALIZER = (SerializerWithStringManifest)
            SerializationExtension.get(KIT.system()).findSerializerFor(CATALOGUE.get(0));

    private static final Schema SCHEMAS = readSchemas();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
        OTHER.shutdownTestKit();
    }

    static List<Delivery.WireMessage> catalogue() {
        return CATALOGUE;
    }

    static List<String> goldenNames() {
        return wireTypes().map(type -> type.getSimpleName() + ".1").toList();
    }

    private static Stream<Class<?>> wireTypes() {
        return permitted(Delivery.WireMessage.class);
    }

    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(each -> permitted(each))
                : Stream.of(type);
    }

    @Test
    void shouldHaveASampleOfEveryMessage() {
        assertThat(CATALOGUE.stream().map(Object::getClass))
                .containsAll(wireTypes().toList());
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void shouldReadWhatItWroteThroughPekko(Delivery.WireMessage message) throws IOException {
        Serializer chosen = SerializationExtension.get(KIT.system()).findSerializerFor(message);

        assertThat(chosen).isInstanceOf(DeliverySerializer.class);
        assertThat(chosen.identifier()).isEqualTo(271828);
        assertSame(read(SERIALIZER.toBinary(message), SERIALIZER.manifest(message)), message);
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void shouldWriteTheSameIntoAFrameBehindWhatIsInIt(Delivery.WireMessage message) throws IOException {
        byte[] bytes = SERIALIZER.toBinary(message);
        ByteBuffer frame =
                ByteBuffer.allocateDirect(FRAME_HEADER + bytes.length).position(FRAME_HEADER);

        ((ByteBufferSerializer) SERIALIZER).toBinary(message, frame);

        assertThat(frame.remaining()).isZero();
        frame.position(FRAME_HEADER);
        assertThat(frame.duplicate()).isEqualTo(ByteBuffer.wrap(bytes));
        assertSame(
                (Delivery.WireMessage)
                        ((ByteBufferSerializer) SERIALIZER).fromBinary(frame, SERIALIZER.manifest(message)),
                message);
    }

    @Test
    void shouldNotKeepTheFrameThatABatchCameIn() throws IOException {
        Delivery.Deliver sent = new Delivery.Deliver(12, 1, sampleBatch());
        byte[] frame = SERIALIZER.toBinary(sent);

        Delivery.WireMessage got = read(frame, "Deliver.1");
        Arrays.fill(frame, (byte) 'x');

        assertSame(got, sent);
    }

    @Test
    void shouldRefuseAFrameThatIsTooSmall() {
        Delivery.Deliver message = new Delivery.Deliver(12, 1, sampleBatch());
        ByteBuffer frame = ByteBuffer.allocate(SERIALIZER.toBinary(message).length - 1);

        assertThatThrownBy(() -> ((ByteBufferSerializer) SERIALIZER).toBinary(message, frame))
                .isInstanceOf(BufferOverflowException.class);
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void shouldBeReadableWithPlainAvroAndTheSchemasAlone(Delivery.WireMessage message) throws Exception {
        Schema schema = SCHEMAS.getTypes().stream()
                .filter(type -> type.getName().equals(message.getClass().getSimpleName()))
                .findFirst()
                .orElseThrow();
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(SERIALIZER.toBinary(message), null);

        GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, in);

        assertThat(in.isEnd()).as("bytes left over").isTrue();
        assertAvroHas(record, message);
    }

    @ParameterizedTest
    @MethodSource("goldenNames")
    void shouldStillReadTheBytesOfVersionOne(String name) throws IOException {
        byte[] bytes = golden(name);

        Delivery.WireMessage message = read(bytes, name);

        assertSame(message, sampleOf(name));
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void shouldIgnoreFieldsThatALaterVersionAppends(Delivery.WireMessage message) throws IOException {
        byte[] bytes = SERIALIZER.toBinary(message);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 9);
        Arrays.fill(longer, bytes.length, longer.length, (byte) 0xff);

        assertSame(read(longer, message.getClass().getSimpleName() + ".2"), message);
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void shouldRefuseEveryTruncation(Delivery.WireMessage message) {
        byte[] bytes = SERIALIZER.toBinary(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(part, SERIALIZER.manifest(message)))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(NotSerializableException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Nonsense.1", "", ".", ".1", "Deliver", "deliver.1", "Drained.1"})
    void shouldRefuseAMessageThatItDoesNotKnow(String manifest) {
        assertThatThrownBy(() -> read(new byte[8], manifest))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining(manifest);
    }

    @ParameterizedTest
    @MethodSource("goldenNames")
    void shouldMeetGarbageWithAnErrorAndNothingElse(String manifest) {
        Random random = new Random(manifest.hashCode());
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = new byte[random.nextInt(100)];
            random.nextBytes(garbage);
            try {
                assertThat(read(garbage, manifest)).isNotNull();
            } catch (IOException expected) {
                assertThat(expected).isInstanceOf(NotSerializableException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Greet.1", "OpenLane.1", "Deliver.1"})
    void shouldNotTakeMemoryForALengthThatIsNotThere(String manifest) throws IOException {
        // Twice two small numbers, so that the length stands where some string or map begins.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        if (manifest.startsWith("Deliver")) {
            out.writeLong(1);
            out.writeLong(1);
        }
        out.writeLong(Integer.MAX_VALUE - 100);
        bytes.write("abc".getBytes(StandardCharsets.UTF_8));

        // Two gigabytes are more than the test's heap: taking them would be an OutOfMemoryError.
        assertThatThrownBy(() -> read(bytes.toByteArray(), manifest)).isInstanceOf(NotSerializableException.class);
    }

    /** Of the longest event, as many as a batch has, and headers up to what it may weigh. */
    @Test
    void shouldFitTheLargestBatchIntoAFrame() {
        EventBatch.Builder builder = EventBatch.builder(
                new SourceId("weblogs", -42),
                7,
                1L << 40,
                Map.of("file", "/var/log"),
                new byte[EventBatch.LONGEST_EVENT]);
        builder.add(0, EventBatch.LONGEST_EVENT, (1L << 40) + EventBatch.LONGEST_EVENT + 1);
        for (int i = 2; i <= 10_000; i++) {
            builder.add(0, 0, (1L << 40) + EventBatch.LONGEST_EVENT + i);
        }
        EventBatch plain = builder.build();
        String header =
                "x".repeat((int) (EventBatch.LARGEST - plain.bytes() - EventBatch.weightOf(0, Map.of("h", ""))));
        EventBatch largest = plain.withOwnHeaders(Map.of(0, Map.of("h", header)));

        assertThat(largest.bytes()).isBetween(EventBatch.LARGEST - 64, EventBatch.LARGEST);
        assertThat(SERIALIZER.toBinary(new Delivery.Deliver(Long.MAX_VALUE, 1, largest)))
                .as("with room for what Artery writes before it, the actors' names for the most part")
                .hasSizeLessThan((2 << 20) - 4096);
    }

    @Test
    void shouldReachAnActorWhoseReferenceTravelled() throws Exception {
        TestProbe<Delivery.Greeting> agent = KIT.createTestProbe();
        byte[] bytes = SERIALIZER.toBinary(new Delivery.Greet(agent.getRef()));
        SerializerWithStringManifest there = (SerializerWithStringManifest)
                SerializationExtension.get(OTHER.system()).serializerFor(Delivery.Greet.class);

        Delivery.Greet greet = (Delivery.Greet) there.fromBinary(bytes, "Greet.1");
        greet.replyTo().tell(new Delivery.Greeting(77, Readiness.READY));

        assertThat(agent.receiveMessage()).isEqualTo(new Delivery.Greeting(77, Readiness.READY));
    }

    private static Delivery.WireMessage read(byte[] bytes, String manifest) throws NotSerializableException {
        return (Delivery.WireMessage) SERIALIZER.fromBinary(bytes, manifest);
    }

    private static Delivery.WireMessage sampleOf(String name) {
        return CATALOGUE.stream()
                .filter(message -> name.equals(message.getClass().getSimpleName() + ".1"))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = DeliverySerializerTest.class.getResourceAsStream("golden/" + name + ".hex")) {
            assertThat(in)
                    .as(
                            "golden/%s.hex; for a new message commit %s",
                            name, HexFormat.of().formatHex(SERIALIZER.toBinary(sampleOf(name))))
                    .isNotNull();
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }

    private static EventBatch sampleBatch() {
        byte[] slab = "GET /\n\nPOST /ü\n".getBytes(StandardCharsets.UTF_8);
        return EventBatch.builder(
                        new SourceId("weblogs", -42), 7, 100, Map.of("basename", "a.log", "host", "node01"), slab)
                .add(0, 5, 106)
                .add(6, 0, 107)
                .add(7, 8, 116, Map.of("part", "1"))
                .build();
    }

    private static void assertSame(Delivery.WireMessage actual, Delivery.WireMessage expected) {
        if (actual instanceof Delivery.Deliver got && expected instanceof Delivery.Deliver sent) {
            assertThat(got.session()).isEqualTo(sent.session());
            assertThat(got.number()).isEqualTo(sent.number());
            assertThat(describe(got.batch())).isEqualTo(describe(sent.batch()));
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static List<Object> describe(EventBatch batch) {
        List<Object> all = new ArrayList<>(List.of(batch.source(), batch.bytes(), batch.startOffset()));
        for (int i = 0; i < batch.size(); i++) {
            all.add(List.of(batch.position(i), batch.headers(i), batch.event(i).bodyAsText()));
        }
        return all;
    }

    private static void assertAvroHas(GenericRecord record, Object value) throws ReflectiveOperationException {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object expected = component.getAccessor().invoke(value);
            Object actual = record.get(component.getName());
            if (expected instanceof Long) {
                assertThat(actual).as(component.getName()).isEqualTo(expected);
            } else if (expected instanceof ActorRef<?> ref) {
                assertThat(actual)
                        .hasToString(ActorRefResolver.get(KIT.system()).toSerializationFormat(ref));
            } else if (expected instanceof EventBatch batch) {
                assertThat(((GenericRecord) actual).get("source"))
                        .hasToString(batch.source().name());
                assertThat(((GenericRecord) actual).get("lengths")).isEqualTo(List.of(5, 0, 8));
            } else if (expected instanceof Record nested) {
                assertAvroHas((GenericRecord) actual, nested);
            } else {
                assertThat(actual).as(component.getName()).hasToString(expected.toString());
            }
        }
    }

    private static Schema readSchemas() {
        Schema.Parser parser = new Schema.Parser();
        try (InputStream batch = EventBatch.class.getResourceAsStream("event-batch.avsc");
                InputStream in = Delivery.class.getResourceAsStream("delivery.avsc")) {
            parser.parse(batch);
            return parser.parse(in);
        } catch (IOException e) {
            throw new AssertionError("event-batch.avsc or delivery.avsc is missing", e);
        }
    }

    private static ActorTestKit startKit() {
        return ActorTestKit.create(ConfigFactory.parseString(REMOTE).withFallback(ConfigFactory.load()));
    }

    private static <T> ActorRef<T> ref(String path) {
        return ActorRefResolver.get(KIT.system()).resolveActorRef(path);
    }
}
