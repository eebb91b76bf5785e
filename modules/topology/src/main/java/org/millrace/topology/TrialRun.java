package org.millrace.topology;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.millrace.trial.JavaProcess;

/**
 * Stores and a topology in a state directory, from start to end, for a program that a user runs. Tells
 * the user what it starts and what it ends. Ends everything in order, the nodes before the stores, when
 * it is closed and when the JVM ends.
 */
public final class TrialRun implements AutoCloseable {
    private final StateDirectory directory;
    private final PrintStream out;
    private final CountDownLatch ending = new CountDownLatch(1);
    private Stores stores;
    private Topology topology;
    private boolean closed;

    private TrialRun(StateDirectory directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * Starts everything and waits until the stores serve.
     *
     * @param directory given away when the run is closed
     * @param kafkaPort where Kafka's clients connect; 0 for a free port
     * @param hdfsPort where HDFS's clients connect; 0 for a free port
     * @param out tells the user
     * @param shape says which nodes there are
     * @throws CannotRunException when a port is busy or a store does not start
     */
    public static TrialRun start(
            Installation installation,
            StateDirectory directory,
            int kafkaPort,
            int hdfsPort,
            PrintStream out,
            UnaryOperator<Topology.Builder> shape) {
        TrialRun run = new TrialRun(directory, out);
        JavaProcess.atShutdown(run::close);
        try {
            checkFree(kafkaPort, "--kafka-port");
            checkFree(hdfsPort, "--hdfs-port");
            run.startStores(installation, kafkaPort, hdfsPort);
            run.startNodes(installation, shape);
            return run;
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    private static void checkFree(int port, String option) {
        if (port == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new CannotRunException(
                    "port " + port + " is busy: end what uses it, name another with " + option
                            + ", or leave the option out for a free one",
                    e);
        }
    }

    private void startStores(Installation installation, int kafkaPort, int hdfsPort) {
        out.println("Starting Kafka and HDFS in " + directory.path());
        Stores started;
        try {
            started = Stores.start(installation, directory.path(), kafkaPort, hdfsPort);
        } catch (IllegalStateException e) {
            throw new CannotRunException(e.getMessage(), e);
        }
        synchronized (this) {
            stores = started;
        }
        out.println("  Kafka   " + started.bootstrapServers());
        out.println("  HDFS    " + started.hdfsUri());
    }

    private void startNodes(Installation installation, UnaryOperator<Topology.Builder> shape) {
        Topology made =
                shape.apply(Topology.in(directory.path(), installation, stores)).build();
        try (KafkaReader kafka = made.kafkaReader()) {
            kafka.createTopic();
        }
        synchronized (this) {
            topology = made;
            if (closed) {
                return;
            }
            made.start();
        }
        for (int i = 0; i < made.collectors().size(); i++) {
            Node collector = made.collectors().get(i);
            out.println("  " + collector.name() + "  collector, priority "
                    + made.priorities().get(i) + ", process " + collector.pid());
        }
        made.agents().forEach(agent -> out.println("  " + agent.name() + "  agent, process " + agent.pid()));
    }

    /** The nodes. */
    public synchronized Topology topology() {
        return topology;
    }

    /**
     * Waits until all collectors have reached their stores.
     *
     * @throws CannotRunException when they have not within {@code limit}
     */
    public void requireReady(Duration limit) {
        CannotRunException.require(
                topology().awaitReady(limit),
                "the nodes do not get ready: look into their logs below " + directory.path());
    }

    /** Waits, and returns whether the run goes on. */
    public boolean pause(Duration time) {
        try {
            return !ending.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether somebody is ending the run; whatever fails from then on is of no interest. */
    public boolean isEnding() {
        return ending.getCount() == 0;
    }

    @Override
    public void close() {
        ending.countDown();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (topology != null) {
                out.println();
                topology.close(node -> out.println("Stopped " + node.name()));
            }
            if (stores != null) {
                stores.close();
                out.println("Stopped Kafka and HDFS");
            }
            directory.close();
        }
    }
}
