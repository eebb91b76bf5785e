package org.millrace.topology;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.millrace.trial.JavaProcess;

/**
 * Stores and a topology in a state directory, from start to end, for a program that a user runs. Tells
 * the user what it starts and what it ends. Ends everything in order, the nodes before the stores, when
 * it is closed and when the JVM ends.
 */
final class TrialRun implements AutoCloseable {
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
     * @param priorities one for each collector
     * @throws CannotRunException when a port is busy or a store does not start
     */
    static TrialRun start(
            Installation installation,
            StateDirectory directory,
            int kafkaPort,
            int hdfsPort,
            PrintStream out,
            Integer... priorities) {
        TrialRun run = new TrialRun(directory, out);
        JavaProcess.atShutdown(run::close);
        try {
            checkFree(kafkaPort, "--kafka-port");
            checkFree(hdfsPort, "--hdfs-port");
            run.startStores(installation, kafkaPort, hdfsPort);
            run.startNodes(installation, priorities);
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

    private void startNodes(Installation installation, Integer... priorities) {
        Topology made = Topology.in(directory.path(), installation, stores)
                .priorities(priorities)
                .build();
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
        for (int i = 0; i < priorities.length; i++) {
            Node collector = made.collectors().get(i);
            out.println("  " + collector.name() + "  collector, priority " + priorities[i] + ", process "
                    + collector.pid());
        }
        out.println(
                "  " + made.agent().name() + "  agent, process " + made.agent().pid());
    }

    /** The nodes. */
    synchronized Topology topology() {
        return topology;
    }

    /** Waits, and returns whether the run goes on. */
    boolean pause(Duration time) {
        try {
            return !ending.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether somebody is ending the run; whatever fails from then on is of no interest. */
    boolean isEnding() {
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
            out.println();
            if (topology != null) {
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
