package org.millrace.topology.drill;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.millrace.topology.CannotRunException;
import org.millrace.topology.Node;
import org.millrace.topology.Topology;

/**
 * Feeds the agents numbered lines: at a steady rate, in a small file for each agent in turn, or a whole
 * file at once. Goes on whatever becomes of the agents; what they do not take waits in their spool
 * directories.
 */
final class Feed implements AutoCloseable {
    private static final Duration FILE_EVERY = Duration.ofMillis(50);
    /** So old that no agent waits for the file to come to rest. */
    private static final Duration AGE = Duration.ofSeconds(5);

    private final Topology topology;
    private final int linesPerSecond;
    private final Path workshop;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Long> next = new HashMap<>();
    private Optional<ScheduledFuture<?>> running = Optional.empty();
    private int turn;
    private int files;

    /** @param workshop a directory on the file system of the spool directories */
    Feed(Topology topology, int linesPerSecond, Path workshop) {
        this.topology = topology;
        this.linesPerSecond = linesPerSecond;
        this.workshop = workshop;
        try {
            Files.createDirectories(workshop);
        } catch (IOException e) {
            throw new CannotRunException("cannot make " + workshop + ": " + e.getMessage(), e);
        }
    }

    /** How many lines an agent was fed so far. */
    synchronized long fed(String agent) {
        return next.getOrDefault(agent, 0L);
    }

    /** Begins to feed all agents, the rate shared among them. */
    synchronized void start() {
        int agents = topology.agents().size();
        long each = FILE_EVERY.toNanos() / agents;
        int lines = Math.max(1, (int) (linesPerSecond * FILE_EVERY.toNanos() / 1_000_000_000L / agents));
        running = Optional.of(thread.scheduleAtFixedRate(() -> feedNext(lines), 0, each, TimeUnit.NANOSECONDS));
    }

    private void feedNext(int lines) {
        List<Node> agents = topology.agents();
        file(agents.get(turn % agents.size()), lines);
        turn++;
    }

    /** Ends what {@link #start()} began. */
    void stop() {
        Optional<ScheduledFuture<?>> ended;
        synchronized (this) {
            ended = running;
            running = Optional.empty();
        }
        ended.ifPresent(Feed::end);
    }

    private static void end(ScheduledFuture<?> feeding) {
        feeding.cancel(false);
        try {
            feeding.get();
        } catch (CancellationException asIntended) {
            // It fed until now.
        } catch (ExecutionException e) {
            throw new CannotRunException(
                    "cannot feed the agents: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Drops one file of {@code lines} lines into an agent's spool directory. */
    synchronized void file(Node agent, int lines) {
        files++;
        Path file = workshop.resolve("feed-" + files + ".log");
        long from = fed(agent.name());
        long now = System.currentTimeMillis();
        try {
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                for (int i = 0; i < lines; i++) {
                    out.write(new FedLine(agent.name(), from + i, now).text());
                }
            }
            Files.setLastModifiedTime(
                    file, FileTime.from(Instant.ofEpochMilli(now).minus(AGE)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        next.put(agent.name(), from + lines);
        topology.drop(file, agent);
    }

    /** Whether the agents have taken and completed all files. */
    boolean isConsumed() {
        return topology.agents().stream().allMatch(agent -> isEmpty(topology.spool(agent)));
    }

    private static boolean isEmpty(Path spool) {
        try (var left = Files.list(spool)) {
            return left.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + spool, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
