package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.millrace.route.Roles;
import org.millrace.telemetry.Telemetry;

/** A node without anything to do, in this JVM: all that {@link NodeProgram} runs but the process. */
final class TestNode {
    private final TestNetwork network;
    private final String role;
    private final NodeSettings settings;
    private final ClusterSettings cluster;
    private final Duration patience;
    private volatile NodeRun<String> run;
    private volatile CompletableFuture<Boolean> ended = CompletableFuture.completedFuture(true);

    /** A node that does not run yet. */
    TestNode(TestNetwork network, NodeSettings settings, ClusterSettings cluster, String role, Duration patience) {
        this.network = network;
        this.role = role;
        this.settings = settings;
        this.cluster = cluster;
        this.patience = patience;
        network.add(this);
    }

    String address() {
        return "pekko://millrace@127.0.0.1:" + cluster.port();
    }

    /** Where it keeps what survives a restart. */
    Path stateDirectory() {
        return settings.stateDirectory();
    }

    void start() {
        Config config = ConfigFactory.parseString("""
                pekko.remote.artery.advanced.test-mode = on
                pekko.cluster.larger-side-stays.patience = %d ms
                # Who ends while it is cut off has nobody to see it off.
                pekko.coordinated-shutdown.phases {
                  cluster-leave.timeout = 500 ms
                  cluster-exiting.timeout = 500 ms
                  cluster-exiting-done.timeout = 500 ms
                }
                pekko.cluster.jmx.enabled = off
                """.formatted(patience.toMillis()));
        NodeProgram.Node<String> node = new NodeProgram.Node<>(
                Set.of(role, Roles.node(settings.name())),
                () -> Behaviors.setup(context -> {
                    network.apply(context.getSystem());
                    return Behaviors.ignore();
                }),
                (system, limit) -> CompletableFuture.completedFuture(Done.getInstance()),
                Duration.ofSeconds(1));
        NodeRun<String> fresh = new NodeRun<>(settings, Optional.of(cluster), node, config, Telemetry.inMemory());
        run = fresh;
        ended = CompletableFuture.supplyAsync(fresh::run, task -> new Thread(task, settings.name()).start());
    }

    /** Ends it as SIGTERM does; true when that is how it ended. */
    boolean end() {
        run.end();
        return ended.join();
    }

    /** Ends it without a word to these, which is what remains of kill -9 in one JVM; it stays cut off. */
    void crash(List<TestNode> others) {
        network.cut(List.of(this), others);
        end();
    }

    /** Whether there is an actor system, and it has not ended. */
    boolean runs() {
        NodeRun<String> now = run;
        return now != null
                && now.current() != null
                && !now.current().whenTerminated().isCompleted();
    }

    ActorSystem<?> system() {
        return run.current();
    }

    /** The uid of the actor system that runs now. */
    long uid() {
        return Cluster.get(system()).selfMember().uniqueAddress().longUid();
    }

    /** The uids of the members that are up, or weakly up, and reachable, as this node sees it, by address. */
    Map<String, Long> sees() {
        Map<String, Long> seen = new TreeMap<>();
        if (runs()) {
            CurrentClusterState state = Cluster.get(system()).state();
            for (Member member : state.getMembers()) {
                boolean up = member.status().equals(MemberStatus.up())
                        || member.status().equals(MemberStatus.weaklyUp());
                if (up && !state.getUnreachable().contains(member)) {
                    seen.put(member.address().toString(), member.uniqueAddress().longUid());
                }
            }
        }
        return seen;
    }

    @Override
    public String toString() {
        return settings.name() + " which sees " + sees();
    }
}
