package org.millrace.source.avro;

import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Compression;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.millrace.avrorpc.KnownProtocols;
import org.millrace.avrorpc.StoredDeflate;
import org.millrace.avrorpc.TlsEnd;
import org.millrace.avrorpc.WireException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket, its connections, and the layers between those and their conversations. Thread-safe. */
final class AvroServer {
    private static final Logger LOG = LoggerFactory.getLogger(AvroSource.class);
    /** Connections that the operating system completes before they are accepted. */
    private static final int BACKLOG = 1024;
    /** A few bytes can stand for a thousand times as many: they are made as they are read. */
    private static final int INFLATED_PIECE = 64 * 1024;
    /** A little longer than conversations have for their last answers. */
    private static final Duration CLOSE_ALL_AFTER = Conversation.LINGER.plusSeconds(1);

    /**
     * The other end of a connection.
     *
     * @param secured whether its TLS handshake is done, or none is needed
     * @param told whether the log says already what is wrong with it
     */
    private record Peer(String address, AtomicBoolean secured, AtomicBoolean told) {}

    private final AvroSourceSettings settings;
    private final AvroSourceMeters meters;
    private final Conversation.Shared shared;
    private final Optional<Supplier<SSLEngine>> engines;
    private final SharedKillSwitch conversations;
    private final SharedKillSwitch sockets;
    private final SystemMaterializer materializers;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private CompletionStage<Tcp.ServerBinding> binding;

    private AvroServer(
            AvroSourceSettings settings,
            Conversation.Shared shared,
            Optional<Supplier<SSLEngine>> engines,
            ActorSystem system) {
        this.settings = settings;
        this.meters = shared.meters();
        this.shared = shared;
        this.engines = engines;
        this.conversations = KillSwitches.shared("conversations of " + settings.name());
        this.sockets = KillSwitches.shared("sockets of " + settings.name());
        this.materializers = SystemMaterializer.get(system);
    }

    /**
     * Starts to listen.
     *
     * @throws org.millrace.avrorpc.TlsException when TLS cannot be used as it is configured
     */
    static AvroServer start(
            AvroSourceSettings settings,
            ByteBudget budget,
            AvroSourceMeters meters,
            Consumer<Offer> offers,
            ActorSystem system) {
        Optional<Supplier<SSLEngine>> engines = settings.tls().map(tls -> tls.server(settings.clientCertificates()));
        Conversation.Shared shared = new Conversation.Shared(settings, new KnownProtocols(), budget, offers, meters);
        AvroServer server = new AvroServer(settings, shared, engines, system);
        server.listen(system);
        return server;
    }

    private void listen(ActorSystem system) {
        String address = settings.bind() + ":" + settings.port();
        binding = Tcp.get(system)
                .bind(
                        settings.bind(),
                        settings.port(),
                        BACKLOG,
                        List.of(TcpSO.keepAlive(true), TcpSO.tcpNoDelay(true)),
                        false,
                        Optional.empty())
                .to(Sink.foreach(this::serve))
                .run(materializers.materializer());
        binding.whenComplete((bound, refused) -> {
            if (refused != null) {
                failure.complete(cannotListen(address, refused));
            } else {
                LOG.info("source {} listens on {}", settings.name(), bound.localAddress());
                bound.whenUnbound().whenComplete((done, cause) -> {
                    if (cause != null) {
                        failure.complete(cannotListen(address, cause));
                    }
                });
            }
        });
    }

    private static BindException cannotListen(String address, Throwable cause) {
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        BindException failure =
                new BindException("cannot listen on " + address + " (bind, port): " + root.getMessage());
        failure.initCause(cause);
        return failure;
    }

    /** Completed when the server cannot listen, or no longer. */
    CompletionStage<Throwable> failure() {
        return failure;
    }

    /** Takes no more connections. */
    CompletionStage<Done> stopListening() {
        return binding.thenCompose(Tcp.ServerBinding::unbind).thenApply(done -> Done.getInstance());
    }

    /** Takes no more connections, and ends those that there are as soon as what is decided is answered. */
    CompletionStage<Done> stop() {
        conversations.shutdown();
        ActorSystem system = materializers.materializer().system();
        system.scheduler().scheduleOnce(CLOSE_ALL_AFTER, sockets::shutdown, system.dispatcher());
        return stopListening();
    }

    private void serve(Tcp.IncomingConnection connection) {
        Peer peer = new Peer(
                connection.remoteAddress().toString(), new AtomicBoolean(engines.isEmpty()), new AtomicBoolean());
        if (!meters.connected(peer.address())) {
            connection.handleWith(
                    Flow.fromSinkAndSource(Sink.cancelled(), Source.empty()), materializers.materializer());
            return;
        }
        connection.handleWith(
                Flow.of(ByteString.class)
                        .via(sockets.flow())
                        .via(begun())
                        .flatMapPrefix(1, first -> first.isEmpty() ? nothing() : spoken(first.get(0), peer))
                        .watchTermination((none, done) -> {
                            done.whenComplete((ended, cause) -> {
                                meters.disconnected();
                                tellOnce(peer, cause);
                            });
                            return none;
                        }),
                materializers.materializer());
    }

    /** A client that uses TLS and says nothing is in its handshake; without TLS it may be an idle one. */
    private Flow<ByteString, ByteString, NotUsed> begun() {
        Flow<ByteString, ByteString, NotUsed> any = Flow.create();
        return engines.isEmpty()
                ? any
                : any.initialTimeout(settings.requestTimeout())
                        .mapError(TimeoutException.class, e -> Conversation.noHandshake(settings));
    }

    private static Flow<ByteString, ByteString, NotUsed> nothing() {
        return Flow.fromSinkAndSource(Sink.cancelled(), Source.empty());
    }

    /** What begins as a request does is one, and wrong in what it says itself. */
    private static WireException explained(WireException e, ByteString first) {
        if (first.head() == 0) {
            return e;
        }
        return new WireException(e.getMessage() + " (" + Opening.described(first) + ")", e);
    }

    /** The layers that a connection needs which begins like this. */
    private Flow<ByteString, ByteString, NotUsed> spoken(ByteString first, Peer peer) {
        boolean compressed = settings.compression() == AvroSourceSettings.Compression.DEFLATE;
        Flow<ByteString, ByteString, NotUsed> layers;
        try {
            Flow<ByteString, ByteString, NotUsed> plain = Flow.of(ByteString.class)
                    .via(conversations.flow())
                    .via(new Conversation(shared, peer.address(), peer.secured()::get));
            layers = switch (Opening.of(first, compressed, engines.isPresent())) {
                case PLAIN -> plain.mapError(WireException.class, e -> explained(e, first));
                case DEFLATE -> deflated(plain);
                case TLS -> encrypted(plain, peer);
                case DEFLATE_IN_TLS -> encrypted(deflated(plain), peer);
                case TLS_IN_DEFLATE -> deflated(encrypted(plain, peer));
            };
        } catch (WireException e) {
            return Flow.fromSinkAndSource(Sink.cancelled(), Source.failed(e));
        }
        return Flow.of(ByteString.class).prepend(Source.single(first)).via(layers);
    }

    private static Flow<ByteString, ByteString, NotUsed> deflated(Flow<ByteString, ByteString, NotUsed> inside) {
        return Compression.inflate(INFLATED_PIECE).via(inside).via(StoredDeflate.flow());
    }

    private Flow<ByteString, ByteString, NotUsed> encrypted(Flow<ByteString, ByteString, NotUsed> inside, Peer peer) {
        Flow<ByteString, ByteString, NotUsed> watched = inside.watchTermination((none, done) -> {
            // Outside, a connection whose TLS failed ends as if nothing were, and the peer sees its end alone.
            done.whenComplete((ended, cause) -> tellOnce(peer, cause));
            return none;
        });
        return TlsEnd.around(
                watched, engines.orElseThrow(), session -> peer.secured().set(true));
    }

    private void tellOnce(Peer peer, Throwable cause) {
        if (cause != null && peer.told().compareAndSet(false, true)) {
            meters.broken(peer.address(), cause);
        }
    }
}
