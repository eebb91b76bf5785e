package org.millrace.topology.bench;

import picocli.CommandLine.Option;

/** The options that say how nodes are set. */
final class SetupOptions {
    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "5000000",
            description = "how many lines go through before; default: ${DEFAULT-VALUE}")
    private int warmUp;

    @Option(
            names = "--agent-heap",
            paramLabel = "SIZE",
            defaultValue = "96m",
            description = "the agent's heap, as -Xmx takes it; default: ${DEFAULT-VALUE}")
    private String agentHeap = "";

    @Option(
            names = "--collector-heap",
            paramLabel = "SIZE",
            defaultValue = "192m",
            description = "a collector's heap, as -Xmx takes it; default: ${DEFAULT-VALUE}")
    private String collectorHeap = "";

    @Option(
            names = "--agent-options",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "more JVM options of the agent, such as those of a profiler")
    private String agentOptions = "";

    @Option(
            names = "--collector-options",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "more JVM options of a collector")
    private String collectorOptions = "";

    @Option(
            names = "--agent-settings",
            paramLabel = "HOCON",
            defaultValue = "",
            description = "put behind the agent's configuration; its source is millrace.agent.sources.weblogs")
    private String agentSettings = "";

    @Option(
            names = "--collector-settings",
            paramLabel = "HOCON",
            defaultValue = "",
            description =
                    "put behind a collector's configuration; its sinks are millrace.collector.sinks.kafka and hdfs")
    private String collectorSettings = "";

    Setup setup() {
        return new Setup(
                1,
                Math.max(0, warmUp),
                "-Xmx" + agentHeap + " " + agentOptions,
                "-Xmx" + collectorHeap + " " + collectorOptions,
                agentSettings,
                collectorSettings);
    }
}
