package org.millrace.topology;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration files of nodes that share a cluster on this machine, as a user would write them. */
final class NodeConfigs {
    private final String seedNodes;

    /** @param seedNodes as host:port */
    NodeConfigs(List<String> seedNodes) {
        this.seedNodes = seedNodes.stream().map(NodeConfigs::quoted).collect(Collectors.joining(", "));
    }

    String agent(Node node, Path spool) {
        return outboundHost(node) + """
                millrace {
                %s
                  agent {
                    sources {
                      weblogs { type = spool-directory, directory = %s, channels = [c1] }
                    }
                    channels {
                      c1 {}
                    }
                  }
                }
                """.formatted(common(node), quoted(spool.toString()));
    }

    String collector(Node node, int priority, String bootstrapServers, String topic, String hdfsUri) {
        return outboundHost(node)
                + """
                millrace {
                %s
                  collector {
                    priority = %d
                    interceptors = [
                      { type = static, key = Collector, value = %s }
                    ]
                    channels {
                      kafka { capacity-bytes = 32 MiB }
                      hdfs { capacity-bytes = 32 MiB }
                    }
                    sinks {
                      kafka {
                        type = kafka
                        channel = kafka
                        bootstrap-servers = %s
                        topic = %s
                      }
                      hdfs {
                        type = hdfs
                        channel = hdfs
                        path = %s
                        file-prefix = "%%Y-%%m-%%d"
                        file-suffix = ".txt"
                        hadoop { dfs.replication = 1 }
                      }
                    }
                  }
                }
                """.formatted(
                                common(node),
                                priority,
                                quoted(node.name()),
                                quoted(bootstrapServers),
                                quoted(topic),
                                quoted(hdfsUri));
    }

    /** Telemetry each second, which the quickstart's progress line is made of. */
    private String common(Node node) {
        return """
                  node { name = %s, state-directory = %s }
                  cluster { host = %s, port = %d, seed-nodes = [%s] }
                  telemetry { log-interval = 1 s }""".formatted(
                        quoted(node.name()),
                        quoted(node.state().toString()),
                        quoted(node.host()),
                        node.port(),
                        seedNodes)
                .indent(0)
                .stripTrailing();
    }

    /** From a loopback address other than the first, connections would seem to come from the first. */
    private static String outboundHost(Node node) {
        return "pekko.remote.artery.advanced.tcp.outbound-client-hostname = " + quoted(node.host()) + "\n";
    }

    /** A string of HOCON, which is one of JSON. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
