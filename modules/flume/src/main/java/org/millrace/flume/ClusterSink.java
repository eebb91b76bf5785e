package org.millrace.flume;

import java.util.List;

/** An Avro sink that leads to a collector of the cluster: of Flume's protocol nothing is left. */
final class ClusterSink {
    private static final String ITS_PORT = "Flume's Avro RPC port; the cluster has its own, millrace.cluster.port";
    private static final String MANY_BATCHES = "many batches are under way at once";
    private static final String NOTICED = "the cluster notices a dead or silent collector";
    private static final List<String> WITH_COMPRESSION = List.of("compression-level");
    private static final List<String> WITH_SSL = List.of(
            "trust-all-certs",
            "truststore",
            "truststore-password",
            "truststore-type",
            "exclude-protocols",
            "include-protocols",
            "exclude-cipher-suites",
            "include-cipher-suites");

    private ClusterSink() {}

    /** Says about every property of the sink but its host what becomes of it. */
    static void leaveAside(Component sink) {
        notNeeded(sink, "port", ITS_PORT);
        notNeeded(sink, "batch-size", MANY_BATCHES);
        notNeeded(sink, "connect-timeout", NOTICED);
        notNeeded(sink, "request-timeout", NOTICED);
        notNeeded(sink, "reset-connection-interval", NOTICED);
        refuse(sink, "compression-type", "none");
        WITH_COMPRESSION.forEach(name -> notNeeded(sink, name, "nothing is compressed over the cluster"));
        refuse(sink, "ssl", "false");
        WITH_SSL.forEach(name -> notNeeded(sink, name, "it has no effect without ssl"));
        sink.finish();
    }

    private static void notNeeded(Component sink, String name, String why) {
        sink.find(name).ifPresent(found -> sink.findings().notice(found, "", "not needed: " + why));
    }

    private static void refuse(Component sink, String name, String fine) {
        sink.find(name)
                .filter(found -> !found.value().equalsIgnoreCase(fine))
                .ifPresent(found -> sink.findings()
                        .problem(
                                found,
                                "'" + Blanks.visible(found.shown())
                                        + "' is not supported yet towards a collector of the cluster; take the line out"
                                        + " to run without it, or name the host in --flume-collectors where it runs"
                                        + " Flume"));
    }
}
