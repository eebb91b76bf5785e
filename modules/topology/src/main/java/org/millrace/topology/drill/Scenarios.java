package org.millrace.topology.drill;

import static org.millrace.topology.drill.Findings.Mark.BROKEN;
import static org.millrace.topology.drill.Findings.Mark.MENDED;
import static org.millrace.topology.drill.Scenario.Kind.LINKS;
import static org.millrace.topology.drill.Scenario.Kind.OWN_FEED;
import static org.millrace.topology.drill.Scenario.Kind.STEADY_FEED;

import java.util.List;
import java.util.stream.Stream;
import org.millrace.topology.Node;
import org.millrace.topology.feed.FedLine;

/** What a drill carries out. Every course leaves the topology as it found it. */
final class Scenarios {
    private static final int BEFORE_SECONDS = 1;
    private static final int AFTER_SECONDS = 2;
    /** From ready until all lanes have moved: agents believe it after two seconds, and lanes spread over three. */
    private static final int BACK_SECONDS = 6;

    private static final int AGENT_CRASHES = 5;
    /** For each agent: more than it and the collector hold, by more than a slow HDFS stores in a second. */
    private static final int OVERLOAD_MEBIBYTES = 32;
    /** What an agent's channel of 8 MiB holds, its default, and as much that is committed and not yet on disk. */
    private static final int WINDOW_LINES = 2 * 8 * 1024 * 1024 / FedLine.USUAL_LENGTH;

    private Scenarios() {}

    /** All, in the order in which they are carried out. */
    static List<Scenario> all() {
        return List.of(
                published(),
                crash(),
                freeze(),
                leave(),
                rolling(),
                both(),
                oneBadLink(),
                partition(),
                flapping(),
                slowStore(),
                storeDown(),
                agentCrash());
    }

    /** The first and the last part of every course. */
    private static Scenario.Course course(Scenario.Course middle) {
        return ground -> {
            ground.awaitDeliveryBy("node04");
            ground.pause(BEFORE_SECONDS);
            ground.mark(BROKEN);
            middle.run(ground);
            ground.awaitDeliveryBy("node04");
            ground.pause(AFTER_SECONDS);
        };
    }

    private static Scenario published() {
        return Scenario.of(
                        "published",
                        "a file on node01; node04 is killed, another file; node04 is back, a file on node02",
                        OWN_FEED,
                        ground -> {
                            ground.feedFile("node01", 1000);
                            ground.awaitConsumed();
                            ground.mark(BROKEN);
                            ground.node("node04").kill();
                            ground.feedFile("node01", 1000);
                            ground.awaitConsumed();
                            ground.mark(MENDED);
                            ground.node("node04").start();
                            ground.awaitReady(ground.node("node04"));
                            ground.pause(BACK_SECONDS);
                            ground.feedFile("node02", 1000);
                            ground.awaitConsumed();
                        })
                .nothingDuplicated()
                .demand(
                        "node01 -> node04",
                        findings -> "node04".equals(findings.before().get("node01")))
                .demand(
                        "then node01 -> node05",
                        findings -> "node05".equals(findings.meanwhile().get("node01")))
                .demand(
                        "then node02 -> node04",
                        findings -> "node04".equals(findings.after().get("node02")));
    }

    private static Scenario crash() {
        return Scenario.of("crash", "kill -9 of node04; it is started again after 10 s", STEADY_FEED, course(ground -> {
                    ground.node("node04").kill();
                    ground.pause(10);
                    ground.mark(MENDED);
                    ground.node("node04").start();
                }))
                .gapAtMost(400)
                .againOnlyWhatWasUnderWay()
                .backHome();
    }

    private static Scenario freeze() {
        return Scenario.of("freeze", "SIGSTOP of node04 for 30 s, then SIGCONT", STEADY_FEED, course(ground -> {
                    ground.node("node04").freeze();
                    ground.pause(30);
                    ground.mark(MENDED);
                    ground.node("node04").thaw();
                }))
                .gapAtMost(2_000)
                .againOnlyWhatWasUnderWay()
                .backHome();
    }

    private static Scenario leave() {
        return Scenario.of("leave", "SIGTERM of node04; it is started again after 5 s", STEADY_FEED, course(ground -> {
                    ground.stop(ground.node("node04"));
                    ground.pause(5);
                    ground.mark(MENDED);
                    ground.node("node04").start();
                }))
                .gapAtMost(300)
                .nothingDuplicated()
                .backHome();
    }

    private static Scenario rolling() {
        return Scenario.of(
                        "rolling",
                        "SIGTERM and start of node04, node05, node01, node02, node03 in turn",
                        STEADY_FEED,
                        course(ground -> {
                            for (Node collector : ground.topology().collectors()) {
                                ground.stop(collector);
                                collector.start();
                                ground.awaitReady(collector);
                                ground.awaitDeliveryBy("node04");
                            }
                            for (Node agent : ground.topology().agents()) {
                                ground.stop(agent);
                                agent.start();
                                ground.awaitDeliveryOf(agent);
                            }
                            ground.mark(MENDED);
                        }))
                .gapAtMost(500)
                .nothingDuplicated()
                .backHome();
    }

    private static Scenario both() {
        return Scenario.of(
                        "both",
                        "kill -9 of both collectors, and more for each agent than its heap holds; node05 is back"
                                + " after 20 s",
                        STEADY_FEED,
                        course(ground -> {
                            ground.topology().collectors().forEach(Node::kill);
                            ground.feedMuch(Drill.AGENT_HEAP_MEBIBYTES + 8);
                            ground.pause(20);
                            ground.node("node05").start();
                            ground.awaitOpenPort(ground.node("node05"));
                            ground.mark(MENDED);
                            ground.awaitDeliveryBy("node05");
                            ground.node("node04").start();
                            ground.awaitDeliveryBy("node04");
                            ground.memoryAtMost(350);
                        }))
                .demand(
                        "resumes within 2 s of the first port that opens",
                        findings -> findings.resumedAfter(MENDED).orElse(Long.MAX_VALUE) <= 2_000)
                .backHome();
    }

    private static Scenario oneBadLink() {
        return Scenario.of(
                        "one-bad-link",
                        "node01 and node04 hear nothing of each other for 20 s",
                        LINKS,
                        course(ground -> {
                            ground.links().cut(ground.nodes("node01"), ground.nodes("node04"));
                            ground.pause(20);
                            ground.mark(MENDED);
                            ground.links().mend();
                        }))
                .demand(
                        "node01 goes to node05",
                        findings -> "node05".equals(findings.meanwhile().get("node01")))
                .demand(
                        "node02 and node03 stay",
                        findings -> Stream.of("node02", "node03").allMatch(agent -> findings.stayed(agent, "node04")))
                .backHome();
    }

    private static Scenario partition() {
        return Scenario.of(
                        "partition",
                        "node01, node04 hear nothing of node02, node03, node05, nor those of them, for 40 s",
                        LINKS,
                        course(ground -> {
                            ground.links()
                                    .cut(ground.nodes("node01", "node04"), ground.nodes("node02", "node03", "node05"));
                            ground.pause(40);
                            ground.mark(MENDED);
                            ground.links().mend();
                        }))
                .demand(
                        "both sides deliver",
                        findings -> "node04".equals(findings.meanwhile().get("node01"))
                                && "node05".equals(findings.meanwhile().get("node02"))
                                && "node05".equals(findings.meanwhile().get("node03")))
                .demand("node01 stays", findings -> findings.stayed("node01", "node04"))
                .demand(
                        "nobody waits longer than 5 s",
                        findings -> Stream.of("node01", "node02", "node03")
                                .allMatch(agent -> findings.gapOf(agent).length() <= 5_000))
                .backHome();
    }

    private static Scenario flapping() {
        return Scenario.of(
                        "flapping",
                        "node04 is killed and started five times in a minute",
                        STEADY_FEED,
                        course(ground -> {
                            for (int i = 0; i < 5; i++) {
                                ground.node("node04").kill();
                                ground.node("node04").start();
                                ground.pause(11);
                                ground.awaitDeliveryBy("node04");
                            }
                            ground.mark(MENDED);
                        }))
                .gapAtMost(1_000)
                .backHome();
    }

    private static Scenario slowStore() {
        return Scenario.of(
                        "slow-store",
                        "HDFS takes ten times as long for 30 s, and more comes than it stores",
                        STEADY_FEED,
                        course(ground -> {
                            long level = ground.kafkaLessHdfs();
                            try (SlowDataNode slow =
                                    new SlowDataNode(ground.stores().hdfs())) {
                                slow.begin();
                                ground.feedMuch(OVERLOAD_MEBIBYTES);
                                ground.leadAtMostAChannel("Kafka", "HDFS", ground.mostAhead(level, 30));
                            }
                            ground.mark(MENDED);
                        }))
                .demand(
                        "no failover",
                        findings -> Stream.of("node01", "node02", "node03")
                                .allMatch(agent -> findings.stayed(agent, "node04")))
                .demand("lines wait for the slow store", findings -> findings.late() > 0)
                .nothingDuplicated();
    }

    private static Scenario storeDown() {
        return Scenario.of(
                        "store-down",
                        "Kafka is stopped for 30 s, then the DataNode killed, then the NameNode, 30 s each",
                        STEADY_FEED,
                        course(ground -> {
                            long level = ground.kafkaLessHdfs();
                            withoutKafka(ground);
                            ground.awaitLevel(level);
                            withoutDataNode(ground);
                            withoutNameNode(ground);
                            ground.mark(MENDED);
                            ground.feed().stop();
                            ground.awaitNoFileInUse();
                            ground.feedSteadily();
                        }))
                .backHome();
    }

    private static void withoutKafka(Ground ground) {
        ground.stores().kafka().stop();
        long before = ground.bytesInHdfs();
        ground.pause(30);
        ground.leadOfAFullChannel("HDFS", "Kafka", ground.lead(ground.bytesInHdfs() - before));
        ground.stores().kafka().start();
    }

    private static void withoutDataNode(Ground ground) {
        ground.stores().hdfs().stopDataNode();
        long before = ground.bytesInKafka();
        ground.pause(30);
        ground.leadOfAFullChannel("Kafka", "HDFS", ground.lead(ground.bytesInKafka() - before));
        ground.stores().hdfs().startDataNode();
        // Its channel is full: Kafka gets more when HDFS does. HDFS cannot tell how much before it has recovered.
        ground.awaitMoreInKafka();
    }

    /** DataNodes take what goes into files that are open, so no channel needs to fill. */
    private static void withoutNameNode(Ground ground) {
        ground.stores().hdfs().stopNameNode();
        long before = ground.bytesInKafka();
        ground.pause(30);
        if (ground.bytesInKafka() == before) {
            ground.object("Kafka got nothing while the NameNode was down");
        }
        ground.stores().hdfs().startNameNode();
    }

    private static Scenario agentCrash() {
        return Scenario.of("agent-crash", "kill -9 of node01 in the middle of a file, five times", OWN_FEED, ground -> {
                    ground.feedFile("node01", 1_200_000);
                    ground.mark(BROKEN);
                    for (int i = 0; i < AGENT_CRASHES; i++) {
                        ground.awaitArrivals(20_000);
                        ground.node("node01").kill();
                        ground.node("node01").start();
                    }
                    ground.mark(MENDED);
                    ground.awaitConsumed();
                })
                .demand(
                        "duplicates within the window",
                        findings -> findings.duplicatedInKafka() <= AGENT_CRASHES * WINDOW_LINES
                                && findings.duplicatedInHdfs() <= AGENT_CRASHES * WINDOW_LINES)
                .backHome();
    }
}
