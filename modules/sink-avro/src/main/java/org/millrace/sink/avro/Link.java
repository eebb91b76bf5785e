package org.millrace.sink.avro;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.javadsl.Compression;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.millrace.avrorpc.Status;
import org.millrace.avrorpc.TlsEnd;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** A connection to a collector that has shown that it speaks Flume's protocol. Thread-safe. */
final class Link {
    /** Of this no event is ever sent. */
    private static final EventBatch NOTHING = EventBatch.builder(new SourceId("nobody", 0), 0, 0, Map.of(), new byte[0])
            .add(0, 0, 0)
            .build();

    private static final int CHUNK_BYTES = 64 << 10;

    private final RequestStage.Control control;
    private final Duration requestTimeout;
    private final long openedAt = System.nanoTime();

    private Link(RequestStage.Control control, Duration requestTimeout) {
        this.control = control;
        this.requestTimeout = requestTimeout;
    }

    /**
     * Connects, and sends a request without events: a collector that answers it, whatever it answers,
     * speaks the protocol, compression and TLS included. Fails with what to do about it where that is
     * known.
     *
     * @param tls makes an engine for a host and port; empty for none
     */
    static CompletionStage<Link> open(
            Collector collector,
            AvroSettings.Wire wire,
            Optional<BiFunction<String, Integer, SSLEngine>> tls,
            ActorSystem<?> system) {
        InetSocketAddress address = InetSocketAddress.createUnresolved(collector.host(), collector.port());
        Flow<ByteString, ByteString, NotUsed> tcp = Tcp.get(system)
                .outgoingConnection(
                        address,
                        Optional.empty(),
                        List.<Inet.SocketOption>of(TcpSO.tcpNoDelay(true)),
                        false,
                        Optional.of(wire.connectTimeout()),
                        Optional.empty())
                .mapMaterializedValue(connected -> NotUsed.getInstance());
        Flow<ByteString, ByteString, RequestStage.Control> client = Flow.fromGraph(new RequestStage());
        if (tls.isPresent()) {
            client = TlsEnd.around(client, () -> tls.get().apply(collector.host(), collector.port()), session -> {});
        }
        if (wire.deflate().isPresent()) {
            client = deflated(client, wire.deflate().getAsInt());
        }
        RequestStage.Control control = client.joinMat(tcp, Keep.left()).run(system);
        return control.ask(NOTHING, 0, 0, wire.connectTimeout().plus(wire.requestTimeout()))
                .handle((status, failure) -> {
                    if (failure != null) {
                        control.close();
                        throw new CollectorException(Trouble.explain(failure, wire), failure);
                    }
                    return new Link(control, wire.requestTimeout());
                });
    }

    /** Around TLS, not inside: what Flume 1.11 compresses is what goes over the wire. */
    private static <M> Flow<ByteString, ByteString, M> deflated(Flow<ByteString, ByteString, M> client, int level) {
        return Flow.of(ByteString.class)
                .via(Compression.inflate(CHUNK_BYTES, false))
                .viaMat(client, Keep.right())
                .via(Compression.deflate(level, false));
    }

    /** Asks the collector to take events of a batch; the request before must be answered. */
    CompletionStage<Status> append(EventBatch batch, int from, int until) {
        return control.ask(batch, from, until, requestTimeout);
    }

    /** How long it has been open. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - openedAt);
    }

    /** Closes it, now or before; completes when it is closed. */
    CompletionStage<Done> close() {
        control.close();
        return control.closed();
    }
}
