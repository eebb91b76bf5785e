package org.millrace.clusterconfig;

import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Gossip;
import org.apache.pekko.cluster.GossipEnvelope;
import org.apache.pekko.cluster.GossipStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures what it costs to be a member of a cluster. No test, and left out when tests run: see
 * docs/cluster.md for the command.
 *
 * <p>Both collectors are processes of their own, the agents share some. What is counted: messages by type,
 * as Artery sends them; all bytes of this network's loopback, which is why it should be one of its own; the
 * processes' CPU time.
 */
class ClusterCosts {
    private static final int MEMBERS = Integer.getInteger("millrace.members", 10);
    private static final int SLOWER = Integer.getInteger("millrace.slower", 1);
    private static final int AGENTS_IN_A_PROCESS = Integer.getInteger("millrace.agents-in-a-process", 25);

    /** Artery shortens what it writes often, by tables that it renews once a minute. */
    private static final Duration UNTIL_STEADY = Duration.ofSeconds(Integer.getInteger("millrace.warm-up", 65));

    private static final Duration REST = Duration.ofSeconds(Integer.getInteger("millrace.rest", 30));

    /** So that one need not wait a minute until a dead member is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(8L * SLOWER);

    /** What the members say. */
    private static final Path LOG = Path.of("target", "cluster-costs.log");

    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private final PrintStream out = System.out;
    private final List<Asked> collectors = new ArrayList<>();
    private final List<Asked> agents = new ArrayList<>();

    /** A {@link MemberProcess}, and how many members it has. */
    private record Asked(Process process, BufferedReader answers, int members) {
        String ask(String question) {
            try {
                Writer questions = process.outputWriter();
                questions.write(question + "\n");
                questions.flush();
                String answer = answers.readLine();
                if (answer == null) {
                    throw new IllegalStateException("a process with members has ended");
                }
                return answer;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        double cpuSeconds() {
            return Long.parseLong(ask("cpu")) / 1e9;
        }
    }

    /** All counters at one moment. */
    private record Reading(long nanos, Map<String, SentMessages.Total> sent, Loopback loopback, List<Double> cpu) {
        double secondsSince(Reading before) {
            return (nanos - before.nanos) / 1e9;
        }

        SentMessages.Total sentSince(Reading before, String type) {
            SentMessages.Total none = new SentMessages.Total(0, 0);
            return sent.getOrDefault(type, none).minus(before.sent.getOrDefault(type, none));
        }
    }

    /** What went over the loopback, headers of IP and TCP included. */
    private record Loopback(long bytes, long packets) {
        static Loopback now() {
            try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev"))) {
                long[] counters = lines.map(String::strip)
                        .filter(line -> line.startsWith("lo:"))
                        .findFirst()
                        .map(line -> Arrays.stream(line.substring(3).strip().split(" +"))
                                .mapToLong(Long::parseLong)
                                .toArray())
                        .orElseThrow();
                return new Loopback(counters[0], counters[1]);
            } catch (IOException e) {
                throw new UncheckedIOException("this needs Linux", e);
            }
        }
    }

    @AfterEach
    void end() {
        all().forEach(asked -> asked.process().destroyForcibly());
    }

    @Test
    void measure() {
        startAll();
        Reading started = read();
        pass(UNTIL_STEADY);
        say("warm", started, read());

        Reading before = read();
        pass(REST);
        Reading after = read();
        say("at rest", before, after);
        sayCpu(before, after);
        collectors.forEach(asked -> out.println("collector: heap, files, threads: " + asked.ask("memory")));
        agents.forEach(asked -> out.println(asked.members() + " agents: heap, files, threads: " + asked.ask("memory")));

        joinAndDie();
    }

    /**
     * How long the two messages of gossip are, whatever the number of members: at best, when the two collectors
     * made every change of the state, and at worst, when every member has made one.
     */
    @ParameterizedTest
    @ValueSource(ints = {10, 50, 100, 1000})
    void sizes(int members) {
        ActorSystem<?> system = ActorSystem.create(
                Behaviors.empty(),
                ClusterConfig.SYSTEM_NAME,
                ClusterConfig.systemConfig(
                        new ClusterSettings("127.0.1.1", 2552, Optional.empty(), List.of()),
                        Set.of(),
                        ConfigFactory.empty()));
        try {
            Serialization serialization = SerializationExtension.get(Adapter.toClassic(system));
            for (int changers : new int[] {MemberProcess.COLLECTORS, members}) {
                Gossip gossip = SampleGossip.of(members, changers);
                UniqueAddress self = gossip.members().head().uniqueAddress();
                Object status = new GossipStatus(self, gossip.version(), gossip.seenDigest());
                Object envelope = GossipEnvelope.apply(self, self, gossip);
                out.printf(
                        Locale.ROOT,
                        "%d members, %d have made changes: GossipStatus %d bytes, GossipEnvelope %d bytes, %.2f ms to write and read%n",
                        members,
                        changers,
                        serialization.serialize(status).get().length,
                        serialization.serialize(envelope).get().length,
                        SampleGossip.millisThere(serialization, envelope));
            }
        } finally {
            system.terminate();
        }
    }

    /** One process after the other: all at once, they would wait for the processors for longer than members may. */
    private void startAll() {
        long start = System.nanoTime();
        int started = 0;
        while (started < MEMBERS) {
            boolean collector = started < MemberProcess.COLLECTORS;
            int members = collector ? 1 : Math.min(AGENTS_IN_A_PROCESS, MEMBERS - started);
            (collector ? collectors : agents).add(start(started + 1, members));
            started += members;
            int expected = started;
            eventually("all are members", () -> see(expected, 0));
        }
        out.printf(Locale.ROOT, "%d members after %.1f s%n", MEMBERS, (System.nanoTime() - start) / 1e9);
    }

    private void joinAndDie() {
        Reading before = read();
        Asked newcomer = start(MEMBERS + 1, 1);
        agents.add(newcomer);
        eventually("there is one more", () -> see(MEMBERS + 1, 0));
        Reading joined = read();
        say("a join", before, joined);

        agents.remove(newcomer);
        before = read();
        newcomer.process().destroyForcibly();
        eventually("it is noticed", () -> see(MEMBERS, 1));
        Reading noticed = read();
        say("a death, until all know", before, noticed);
        eventually("it is given up", () -> see(MEMBERS, 0));
        say("a death, until it is given up", noticed, read());
    }

    private Asked start(int first, int members) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (64 + 64 * members) + "m",
                "-XX:+UseSerialGC",
                // Its code is settled in a minute; what the other compiler makes in ten is cheaper still.
                "-XX:TieredStopAtLevel=1",
                "-Dmillrace.slower=" + SLOWER,
                "-cp",
                System.getProperty("java.class.path"),
                MemberProcess.class.getName(),
                directory.toString(),
                PATIENCE.toSeconds() + " s",
                Integer.toString(first),
                Integer.toString(members));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
                    .start();
            return new Asked(process, process.inputReader(), members);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Asked> all() {
        return Stream.of(collectors, agents).flatMap(List::stream).toList();
    }

    private boolean see(int reachable, int unreachable) {
        return all().stream()
                .allMatch(asked ->
                        Integer.parseInt(asked.ask("see " + reachable + " " + unreachable)) == asked.members());
    }

    private Reading read() {
        Map<String, SentMessages.Total> sent = new TreeMap<>();
        for (Asked asked : all()) {
            for (String type : asked.ask("sent").split(" ", 0)) {
                String[] parts = type.split(":", 3);
                if (parts.length == 3) {
                    sent.merge(
                            parts[0],
                            new SentMessages.Total(Long.parseLong(parts[1]), Long.parseLong(parts[2])),
                            SentMessages.Total::plus);
                }
            }
        }
        List<Double> cpu = all().stream().map(Asked::cpuSeconds).toList();
        return new Reading(System.nanoTime(), sent, Loopback.now(), cpu);
    }

    private void say(String when, Reading before, Reading after) {
        double seconds = after.secondsSince(before);
        out.printf(Locale.ROOT, "%n%s: %.1f s; sent by a member, on the average%n", when, seconds);
        out.printf("%-40s %10s %10s %10s %10s %12s%n", "", "messages", "bytes each", "in all", "a second", "bytes/s");
        after.sent().keySet().stream()
                .sorted(Comparator.comparing(
                        type -> -after.sentSince(before, type).bytes()))
                .forEach(type -> {
                    SentMessages.Total total = after.sentSince(before, type);
                    if (total.messages() > 0) {
                        sayLine(type, total.messages(), total.bytes(), seconds);
                    }
                });
        sayLine(
                "on the loopback, packets",
                after.loopback().packets() - before.loopback().packets(),
                after.loopback().bytes() - before.loopback().bytes(),
                seconds);
    }

    private void sayLine(String what, long messages, long bytes, double seconds) {
        out.printf(
                Locale.ROOT,
                "%-40s %10.1f %10.0f %10.0f %10.2f %12.0f%n",
                what,
                messages / (double) MEMBERS,
                bytes / (double) messages,
                bytes / (double) MEMBERS,
                messages / (double) MEMBERS / seconds,
                bytes / (double) MEMBERS / seconds);
    }

    private void sayCpu(Reading before, Reading after) {
        double seconds = after.secondsSince(before);
        int place = 0;
        for (Asked asked : all()) {
            double share = (after.cpu().get(place) - before.cpu().get(place)) / seconds;
            out.printf(
                    Locale.ROOT,
                    "CPU of %s: %.1f ms a second each%n",
                    collectors.contains(asked) ? "a collector" : asked.members() + " agents",
                    1000 * share / asked.members());
            place++;
        }
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plus(LIMIT)).until(() -> true);
    }

    private static void eventually(String what, Callable<Boolean> condition) {
        await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(200)).until(condition);
    }
}
