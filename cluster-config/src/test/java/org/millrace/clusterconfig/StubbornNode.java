package org.millrace.clusterconfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.millrace.route.Roles;
import org.millrace.settings.ConfigSource;

/** A program whose node holds seven events that no store takes; it lets go of them only at once. */
final class StubbornNode {
    private StubbornNode() {}

    /** The configuration's file is the argument. Says what it does on standard output. */
    public static void main(String[] args) {
        CompletableFuture<Done> drained = new CompletableFuture<>();
        NodeProgram.NodeReader<String> reader = (config, telemetry, problems) -> {
            telemetry.part("channel", "c1").gauge("held.events", () -> 7);
            return new NodeProgram.Node<>(
                    Set.of(Roles.AGENT),
                    () -> Behaviors.setup(context -> {
                        Cluster.get(Adapter.toClassic(context.getSystem()))
                                .registerOnMemberUp(() -> System.out.println("running"));
                        return Behaviors.ignore();
                    }),
                    (system, limit) -> {
                        System.out.println("draining while it is "
                                + Cluster.get(Adapter.toClassic(system))
                                        .selfMember()
                                        .status());
                        if (limit.isZero()) {
                            drained.complete(Done.getInstance());
                        }
                        return drained;
                    },
                    Duration.ofMinutes(10));
        };
        System.exit(NodeProgram.run(ConfigSource.file(Path.of(args[0])), reader, System.err));
    }
}
