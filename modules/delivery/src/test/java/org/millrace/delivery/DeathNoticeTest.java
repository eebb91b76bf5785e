package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.UniqueAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeathNoticeTest {
    private static final Duration A_MOMENT = Duration.ofMillis(1);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<Address> downed = kit.createTestProbe();
    private volatile Set<UniqueAddress> listed = Set.of();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** Nodes are a letter, their address, and a digit, their run. */
    @ParameterizedTest
    @CsvSource({
        "A1,    A1 B1 C1, A,   the one that is dead",
        "A1,    B1 C1,    '',  the cluster has seen it off already",
        "A1,    A2 B1 C1, '',  another run is in already on its address",
        "A2,    A1 B1 C1, '',  nor is it the run before it",
        "A1 B1, A1 B1 C1, A B, two died",
        "A1 B1, A1 B2 C1, A,   and one of them is back",
        "A1 A1, A1 B1 C1, A,   once though it is said twice",
        "A1 A2, A2 B1 C1, A,   its second run died too",
        "A1,    '',       '',  this node is in no cluster"
    })
    void shouldDown(String dead, String listedThen, String expected, String why) {
        ActorRef<DeathNotice.Command> notice = kit.spawn(DeathNotice.create(() -> listed, downed.ref()::tell));
        listed = nodes("A1 A2 B1 B2 C1").collect(Collectors.toSet());

        nodes(dead).map(DeathNotice.Dead::new).forEach(notice::tell);

        time.expectNoMessageFor(DeathNotice.AFTER.minus(A_MOMENT), downed);
        listed = nodes(listedThen).collect(Collectors.toSet());
        time.timePasses(A_MOMENT);
        assertThat(downed.receiveSeveralMessages(words(expected).toArray().length))
                .as(why)
                .extracting(address -> address.getHost().orElseThrow())
                .containsExactlyInAnyOrderElementsOf(words(expected).toList());
        time.expectNoMessageFor(DeathNotice.AFTER, downed);
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split(" ", -1)).filter(word -> !word.isEmpty());
    }

    private static Stream<UniqueAddress> nodes(String text) {
        return words(text)
                .map(word -> new UniqueAddress(
                        new Address("pekko", "millrace", word.substring(0, 1), 2552),
                        Long.parseLong(word.substring(1))));
    }
}
