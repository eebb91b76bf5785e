package org.millrace.avrorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Protocol;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;

/** Both ends of a connection against each other, and a client that is put together by hand. */
class SessionTest {
    private static final SourceId SOURCE = new SourceId("fleet", 5);
    private static final int MOST = 10_000;

    private final KnownProtocols known = new KnownProtocols();
    private final ServerSession server = new ServerSession(known, MOST);
    private final ClientSession client = new ClientSession();

    @Test
    void shouldCarryEventsWithTheirHeadersAndBodies() throws WireException {
        EventBatch sent = sample();

        EventBatch received = batch(server.read(client.appendBatch(1, sent)));

        assertThat(received.size()).isEqualTo(3);
        assertThat(received.sharedHeaders()).isEqualTo(Map.of("host", "node01"));
        assertThat(received.startOffset()).isEqualTo(100);
        for (int i = 0; i < received.size(); i++) {
            assertThat(received.headers(i)).isEqualTo(sent.headers(i));
            assertThat(received.copyBody(i)).isEqualTo(sent.copyBody(i));
            assertThat(received.position(i)).isEqualTo(new Position(3, 101 + i));
        }
    }

    @Test
    void shouldMakeBatchesOfALimitedWeight() throws WireException {
        ReceivedEvents events =
                append(server.read(client.appendBatch(1, sample()))).events();
        long perEvent = 16L + 16 + "host".length() + "node01".length();

        List<EventBatch> one = events.toBatches(SOURCE, 3, 100, 1_000_000);
        List<EventBatch> two = events.toBatches(SOURCE, 3, 100, events.largest());
        List<EventBatch> three = events.toBatches(SOURCE, 3, 100, 1);

        assertThat(one).hasSize(1);
        assertThat(two).extracting(EventBatch::size).containsExactly(2, 1);
        assertThat(two.get(1).startOffset()).isEqualTo(102);
        assertThat(two.get(1).first()).isEqualTo(new Position(3, 103));
        assertThat(two.get(1).headers(0)).containsEntry("host", "node01").containsEntry("more", "x");
        assertThat(three).extracting(EventBatch::size).containsExactly(1, 1, 1);
        assertThat(three.get(0).bytes()).isEqualTo(perEvent + 10);
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void shouldBringTheVerdictBack(Status status) throws WireException {
        ServerSession.Append first = append(server.read(client.appendBatch(1, sample())));
        assertThat(client.read(first.answer(status))).isEqualTo(new ClientSession.Verdict(1, status));

        ServerSession.Append second = append(server.read(client.appendBatch(2, sample())));
        assertThat(second.handshake().isEmpty()).as("shaken once").isTrue();
        assertThat(client.read(second.answer(status))).isEqualTo(new ClientSession.Verdict(2, status));
    }

    @Test
    void shouldAskAClientForAProtocolThatItKnowsUnderAnotherHash() throws IOException {
        Protocol commented = Protocol.parse(FlumeProtocol.TEXT.replace("\"doc\":\"", "\"doc\":\"Another. "));
        ByteBuffer hash = ByteBuffer.wrap(commented.getMD5());
        assertThat(hash).isNotEqualTo(FlumeProtocol.HASH);

        Handshake.Response first = handshake(server.read(request(new Handshake.Request(hash, Optional.empty(), hash))));
        assertThat(first.match()).isEqualTo(Handshake.Match.NONE);
        assertThat(first.protocol()).contains(FlumeProtocol.TEXT);

        Optional<String> text = Optional.of(commented.toString());
        ServerSession.Append second =
                append(server.read(request(new Handshake.Request(hash, text, FlumeProtocol.HASH))));
        assertThat(Handshake.Response.read(new BoundedReader(second.handshake().toArray()))
                        .match())
                .isEqualTo(Handshake.Match.BOTH);

        ServerSession.Append other = append(
                new ServerSession(known, MOST).read(request(new Handshake.Request(hash, Optional.empty(), hash))));
        assertThat(Handshake.Response.read(new BoundedReader(other.handshake().toArray()))
                        .match())
                .as("known to all connections from then on")
                .isEqualTo(Handshake.Match.CLIENT);
    }

    @Test
    void shouldSayABatchAgainWithItsProtocolWhenAServerAsks() throws IOException {
        Frame first = client.appendBatch(1, sample());
        Frame unknown = answer(out -> {
            new Handshake.Response(
                            Handshake.Match.NONE,
                            Optional.of(FlumeProtocol.TEXT),
                            Optional.of(ByteBuffer.wrap(new byte[16])))
                    .write(out);
        });
        assertThat(client.read(unknown)).isEqualTo(new ClientSession.SayAgain(1));

        Frame again = client.appendBatch(2, sample());

        assertThat(again.payload().length).isGreaterThan(first.payload().length + FlumeProtocol.TEXT.length());
        assertThat(append(server.read(again)).events().size()).isEqualTo(3);
        assertThatThrownBy(() -> client.read(unknown))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("does not take the protocol");
    }

    @Test
    void shouldRefuseAClientWhoseMessagesAreEncodedInAnotherWay() {
        String text = FlumeProtocol.TEXT.replace("\"type\":\"bytes\"", "\"type\":\"string\"");
        Handshake.Request request =
                new Handshake.Request(ByteBuffer.wrap(new byte[16]), Optional.of(text), FlumeProtocol.HASH);

        assertThatThrownBy(() -> server.read(request(request)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("'append' of protocol org.apache.flume.source.avro.AvroSourceProtocol is not");
    }

    @Test
    void shouldAnswerAnUnknownMessageWithAnError() throws IOException {
        Frame frame = answer(out -> {
            known(out);
            out.writeString("appendBulk");
        });

        ServerSession.Answered answered = (ServerSession.Answered) server.read(frame);

        assertThat(client.read(answered.answer()))
                .isEqualTo(new ClientSession.RemoteError(1, "No such message: appendBulk"));
    }

    @Test
    void shouldTakeASingleEventAndABatchOfNone() throws IOException {
        Frame one = answer(out -> {
            known(out);
            out.writeString("append");
            out.writeMapStart();
            out.writeMapEnd();
            out.writeBytes("alone".getBytes(StandardCharsets.UTF_8));
        });
        EventBatch batch = batch(server.read(one));
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.bodyText(0, StandardCharsets.UTF_8)).isEqualTo("alone");

        Frame none = answer(out -> {
            out.writeMapStart();
            out.writeMapEnd();
            out.writeString("appendBatch");
            out.writeArrayStart();
            out.writeArrayEnd();
        });
        assertThat(append(server.read(none)).events().size()).isZero();
    }

    @Test
    void shouldRefuseEveryTruncationOfARequest() {
        byte[] whole = new ClientSession().appendBatch(1, sample()).payload();
        for (int length = 0; length < whole.length; length++) {
            Frame part = new Frame(1, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new ServerSession(known, MOST).read(part))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(WireException.class)
                    .hasMessageStartingWith("no request of Flume's Avro protocol");
        }
    }

    @Test
    void shouldTakeNoMemoryForLengthsThatAreOnlyClaimed() throws IOException {
        Frame manyEvents = answer(out -> {
            known(out);
            out.writeString("appendBatch");
            out.writeLong(1_000_000_000);
        });
        assertThatThrownBy(() -> new ServerSession(known, MOST).read(manyEvents))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("1000000000 items in a message with 0 bytes left");

        Frame more = answer(out -> {
            known(out);
            out.writeString("appendBatch");
            out.writeLong(Long.MAX_VALUE);
        });
        assertThatThrownBy(() -> new ServerSession(known, MOST).read(more)).isInstanceOf(WireException.class);

        Frame longBody = answer(out -> {
            known(out);
            out.writeString("append");
            out.writeMapStart();
            out.writeMapEnd();
            out.writeLong(Integer.MAX_VALUE);
        });
        assertThatThrownBy(() -> new ServerSession(known, MOST).read(longBody))
                .hasMessageContaining("length 2147483647 in a message with 0 bytes left");
    }

    @Test
    void shouldCountWhatSmallEventsCostBesideTheirBytes() throws IOException {
        Frame tiny = answer(out -> {
            known(out);
            out.writeString("appendBatch");
            out.writeLong(1000);
            for (int i = 0; i < 1000; i++) {
                out.writeMapEnd();
                out.writeBytes(new byte[0]);
            }
            out.writeArrayEnd();
        });

        assertThat(append(server.read(tiny)).events().bytes()).isGreaterThan(50_000);
    }

    @Test
    void shouldRefuseARequestOfMoreEventsAndHeadersThanAllowed() throws IOException {
        Frame allowed = answer(out -> events(out, 5000));
        assertThat(append(new ServerSession(known, 10_000).read(allowed))
                        .events()
                        .size())
                .isEqualTo(5000);
        assertThatThrownBy(() -> new ServerSession(known, 9_999).read(allowed))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("more than 9999 events and headers in a message");
    }

    /** Each has one header. */
    private static void events(BinaryEncoder out, int count) throws IOException {
        known(out);
        out.writeString("appendBatch");
        out.writeLong(count);
        for (int i = 0; i < count; i++) {
            out.writeLong(1);
            out.writeString("n");
            out.writeString(Integer.toString(i));
            out.writeMapEnd();
            out.writeBytes(new byte[0]);
        }
        out.writeArrayEnd();
    }

    private static EventBatch sample() {
        byte[] slab = "first line and the third".getBytes(StandardCharsets.UTF_8);
        return EventBatch.builder(new SourceId("sender", 1), 0, 0, Map.of("host", "node01"), slab)
                .add(0, 10, 1)
                .add(10, 0, 2, Map.of("empty", ""))
                .add(10, slab.length - 10, 3, Map.of("grüße", "żółw", "more", "x"))
                .build();
    }

    private static EventBatch batch(ServerSession.Request request) {
        return append(request)
                .events()
                .toBatches(SOURCE, 3, 100, Long.MAX_VALUE)
                .get(0);
    }

    private static ServerSession.Append append(ServerSession.Request request) {
        return (ServerSession.Append) request;
    }

    private static Handshake.Response handshake(ServerSession.Request request) throws IOException {
        Frame answer = ((ServerSession.Answered) request).answer();
        return Handshake.Response.read(new BoundedReader(answer.payload()));
    }

    private interface Writing {
        void to(BinaryEncoder out) throws IOException;
    }

    private static void known(BinaryEncoder out) throws IOException {
        new Handshake.Request(FlumeProtocol.HASH, Optional.empty(), FlumeProtocol.HASH).write(out);
        out.writeMapStart();
        out.writeMapEnd();
    }

    private static Frame request(Handshake.Request handshake) throws IOException {
        return answer(out -> {
            handshake.write(out);
            out.writeMapStart();
            out.writeMapEnd();
            out.writeString("appendBatch");
            out.writeArrayStart();
            out.writeArrayEnd();
        });
    }

    private static Frame answer(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        writing.to(out);
        out.flush();
        return new Frame(1, bytes.toByteArray());
    }
}
