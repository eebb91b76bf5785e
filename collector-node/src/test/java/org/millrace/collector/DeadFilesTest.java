package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Transaction;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.route.Roles;
import org.millrace.sink.Store;

/** Real clusters of collectors, which look a hundred times as often. */
class DeadFilesTest {
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<ActorTestKit> systems = new ArrayList<>();

    @AfterEach
    void stopSystems() {
        systems.forEach(ActorTestKit::shutdownTestKit);
    }

    @Test
    void shouldHaveTheStoresFinishWhatEachDeadCollectorLeftOnce() {
        for (String name : List.of("node04", "node05", "node06", "node07")) {
            join(name, Roles.COLLECTOR);
        }
        // The lowest address of those that are there does it, so the dead are not to be the lowest.
        List<ActorTestKit> collectors = systems.stream()
                .sorted(Comparator.comparing(DeadFilesTest::address))
                .toList();
        ActorTestKit agent = join("node01", Roles.AGENT);
        List<String> recovered = new CopyOnWriteArrayList<>();
        List<String> byTheNext = new CopyOnWriteArrayList<>();
        ActorTestKit survivor = collectors.get(0);
        for (ActorTestKit kit : List.of(survivor, collectors.get(1))) {
            List<String> noted = kit.equals(survivor) ? recovered : byTheNext;
            awaitMembers(kit, 5);
            TestProbe<DeadFiles.Command> looks = kit.createTestProbe(DeadFiles.Command.class);
            kit.spawn(Behaviors.monitor(
                    DeadFiles.Command.class,
                    looks.ref(),
                    DeadFiles.create(Map.of("archive", new NotingStore(noted)), LOOK_EVERY)));
            // When the second look begins, the first is over, and has seen all.
            looks.receiveSeveralMessages(2);
        }
        String firstDead = name(collectors.get(2));
        String secondDead = name(collectors.get(3));

        down(survivor, agent);
        down(survivor, collectors.get(2));
        down(survivor, collectors.get(3));
        // The next one does it after as many looks again.
        await().atMost(LONG).pollInterval(LOOK_EVERY).until(() -> recovered.size() >= 2 || !byTheNext.isEmpty());
        assertThat(byTheNext).isEmpty();

        await().atMost(LONG).until(() -> byTheNext.size() >= 2);
        assertThat(recovered).containsExactlyInAnyOrder(firstDead, secondDead);
        assertThat(byTheNext).containsExactlyInAnyOrder(firstDead, secondDead);
    }

    private static String address(ActorTestKit kit) {
        return Cluster.get(kit.system()).selfMember().address().toString();
    }

    private static String name(ActorTestKit kit) {
        return Roles.nodeOf(Cluster.get(kit.system()).selfMember().getRoles()).orElseThrow();
    }

    private static void down(ActorTestKit by, ActorTestKit kit) {
        Cluster.get(by.system())
                .manager()
                .tell(new Down(Cluster.get(kit.system()).selfMember().address()));
    }

    private ActorTestKit join(String node, String role) {
        ClusterSettings settings = new ClusterSettings("127.0.0.1", 0, Optional.empty(), List.of());
        ActorTestKit kit = ActorTestKit.create(
                ClusterConfig.SYSTEM_NAME,
                ClusterConfig.systemConfig(settings, Set.of(role, Roles.node(node)), ConfigFactory.load()));
        systems.add(kit);
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager()
                .tell(Join.create(
                        Cluster.get(systems.get(0).system()).selfMember().address()));
        await().atMost(LONG).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return kit;
    }

    private static void awaitMembers(ActorTestKit kit, int members) {
        await().atMost(LONG).until(() -> {
            int[] up = {0};
            Cluster.get(kit.system()).state().getMembers().forEach(member -> {
                if (member.status().equals(MemberStatus.up())) {
                    up[0]++;
                }
            });
            return up[0] == members;
        });
    }

    /** Notes whose files it was to recover. */
    private record NotingStore(List<String> recovered) implements Store {
        @Override
        public CompletionStage<Integer> recover(String node) {
            recovered.add(node);
            return CompletableFuture.completedFuture(1);
        }

        @Override
        public CompletionStage<Done> probe() {
            return CompletableFuture.completedFuture(Done.getInstance());
        }

        @Override
        public Flow<Transaction, Transaction, NotUsed> flow() {
            return Flow.create();
        }
    }
}
