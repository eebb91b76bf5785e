package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Inlet;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.source.SourceRunner;
import org.millrace.source.node.Claims;
import org.millrace.source.node.SourceSettings;
import org.millrace.source.node.Sources;
import org.millrace.telemetry.Telemetry;
import org.millrace.trial.FreePorts;
import org.slf4j.LoggerFactory;

/** A running Avro source and the channel that it fills; the test is what takes from that. */
final class ServedChannel implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
    private final Telemetry telemetry = Telemetry.inMemory();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final TestProbe<Channel.Taken> taker = kit.createTestProbe();
    private final TestProbe<SourceRunner.Stopped> stopper = kit.createTestProbe();
    final TestProbe<SourceRunner.SourceFailed> owner = kit.createTestProbe();
    final int port = FreePorts.take(1).get(0);
    private final ActorRef<Channel.Command> channel;
    private ActorRef<SourceRunner.Command> runner;

    ServedChannel(int capacityEvents) {
        log.start();
        ((Logger) LoggerFactory.getLogger(AvroSource.class)).addAppender(log);
        channel = kit.spawn(
                Channel.create(new ChannelSettings("c", capacityEvents, 1 << 30), telemetry), "c", Channel.props());
    }

    /** Runs a source with these keys beside its port. */
    ServedChannel serve(String keys) {
        run(keys);
        await().atMost(LIMIT).until(() -> lines().stream().anyMatch(line -> line.contains("listens on")));
        return this;
    }

    void run(String keys) {
        run(settings(keys));
    }

    /** @throws org.millrace.settings.InvalidConfigException with what is wrong with the keys */
    SourceSettings settings(String keys) {
        return settings("avro", keys);
    }

    private SourceSettings settings(String name, String keys) {
        Config root = ConfigFactory.parseString("sources { " + name + " { type = avro, bind = 127.0.0.1, port = " + port
                        + ", channels = [c]\n" + keys + "\n} }")
                .withFallback(ConfigFactory.defaultReference());
        ConfigProblems problems = new ConfigProblems();
        ConfigSection section = ConfigSection.of(root, "sources." + name, problems);
        SourceSettings source = SourceSettings.from(section, root, Path.of("/nowhere"), List.of("c"), new Claims());
        problems.throwIfAny();
        return source;
    }

    /** Runs several sources as a node does, each with its keys, until {@code error} is in the log. */
    void runNode(Map<String, String> keys, String error) {
        List<SourceSettings> sources = keys.entrySet().stream()
                .map(source -> settings(source.getKey(), source.getValue()))
                .toList();
        LoggingTestKit.error(error)
                .expect(kit.system(), () -> kit.spawn(Sources.create(sources, Map.of("c", channel), telemetry)));
    }

    void run(SourceSettings source) {
        Inlet inlet = new Inlet(
                source.interceptors(), source.selector(), Map.of("c", channel), telemetry.part("flow", "avro"));
        runner = kit.spawn(SourceRunner.create(source.own().source(telemetry), inlet, telemetry, owner.ref()));
    }

    Channel.Taken take() {
        channel.tell(new Channel.Take(1, taker.ref()));
        return taker.receiveMessage(LIMIT);
    }

    void commit(Channel.Taken taken) {
        channel.tell(new Channel.Commit(taken.transaction()));
    }

    /** Takes and commits until there are {@code events}, and says their bodies. */
    List<String> store(int events) {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < events) {
            Channel.Taken taken = take();
            for (int i = 0; i < taken.batch().size(); i++) {
                bodies.add(taken.batch().bodyText(i, StandardCharsets.UTF_8));
            }
            commit(taken);
        }
        assertThat(bodies).hasSize(events);
        return bodies;
    }

    /** Nothing is left in the channel that could be taken. */
    void expectNothing() {
        channel.tell(new Channel.Take(1, taker.ref()));
        taker.expectNoMessage(Duration.ofMillis(100));
    }

    void stop(Duration limit) {
        runner.tell(new SourceRunner.Stop(limit, stopper.ref()));
    }

    SourceRunner.Stopped stopped() {
        return stopper.receiveMessage(LIMIT);
    }

    boolean isListening() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    double meter(String what) {
        return telemetry.registry().find("millrace.source." + what).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    double channelMeter(String what) {
        return telemetry.registry().find("millrace.channel." + what).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    List<String> lines() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    void awaitLine(String part) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(lines()).anyMatch(line -> line.contains(part)));
    }

    @Override
    public void close() {
        ((Logger) LoggerFactory.getLogger(AvroSource.class)).detachAppender(log);
        kit.shutdownTestKit();
    }
}
