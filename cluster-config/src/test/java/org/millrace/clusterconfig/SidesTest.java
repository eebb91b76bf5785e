package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidesTest {
    /**
     * Members are a letter each; capitals are up, small ones weakly up, after {@code +} joining, after {@code
     * >} leaving, after {@code !} exiting, after {@code -} down.
     */
    @ParameterizedTest
    @CsvSource({
        "A B C D E, '',    A B C D E, A, '',      all is well",
        "A B C D E, A C,   A B C D E, A, '',      a link is broken",
        "A B C D E, A C,   A B C D E, B, '',      nor does one do so that reaches both ends",
        "A B C D E, A C E, A B C D E, A, '',      a collector that two agents do not reach",
        "A B C D E, A C E, A B C D E, C, '',      nor does one of these agents",
        "A B C D E, B,     A C D E,   A, B,       a host died",
        "A B C D E, B,     A C D E,   C, '',      and only the lowest says so",
        "A B C D E, A,     B C D E,   B, A,       the lowest died",
        "A B C D E, A B,   C D E,     C, A B,     two died",
        "A B C D E, A B,   C D E,     D, '',      and only the lowest of those left says so",
        "A B C D E, A B D, C D E,     C, A B,     two died; one of them had reported D before",
        "A B C D E, D E,   A B C,     A, D E,     the larger side",
        "A B C D E, A B C, D E,       D, D,       the smaller side",
        "A B C D E, A B C, D E,       E, E,       and each of it",
        "A B C D,   C D,   A B,       A, C D,     of equals that with the lowest address",
        "A B C D,   A B,   C D,       C, C,       of equals that without",
        "A B C D,   A B,   C D,       D, D,       and each of it",
        "A B C D E, B C D E, A,       A, A,       everybody alone",
        "A B C D E, A B C D, E,       E, E,       everybody alone",
        "A B,       B,     A,         A, B,       two alone: the lower",
        "A B,       A,     B,         B, B,       two alone: the other",
        "A B C D E, A C D E, A B C,   A, D E,     a partition and a broken link on this side",
        "A B C,     '',    A,         A, '',      gossip that is new is seen by nobody yet",
        "A B C d e, C d e, A B,       A, C d e,   who is not fully up yet does not count",
        "A B C d e, A B,   C d e,     C, C,       nor for its own side",
        "A B C d e, A B,   C d e,     d, d,       and starts anew with it",
        "a B C,     B,     a C,       C, C,       of one each the side with the lowest that counts",
        "a B C,     C,     a B,       a, '',      who is not fully up leaves it to others",
        "a B C,     C,     a B,       B, C,       who are the lowest then",
        "a b,       b,     a,         a, b,       nobody is fully up",
        "A B C d,   C d,   A B,       A, C d,     who is weakly up is given up with the rest",
        "A B +C +D, C D,   A B,       A, C D,     nor who is joining",
        "A +B +C D, B C,   A D,       D, '',      which is left to the lowest that counts",
        "+A B C,    A,     B C,       B, A,       and is none itself though its address is",
        "+A B C,    B C,   A,         A, A,       it starts anew",
        "A B >C >D E, C D E, A B,  A, A,       who is leaving still counts",
        "A B >C >D E, A B, C D E,   C, A B,     and speaks for its side",
        "A B >C,    C,     A B,       A, C,       and is given up when it is out of reach",
        "A B C !D !E, D E, A B C,     A, '',      who leaves in good order is waited for by nobody",
        "A B C -D -E, D E, A B C,     A, '',      who is down is given up already",
        "A B C -D -E, C D E, A B,     A, C,       and does not count",
        "-A B C,    B C,   A,         A, '',      who is down itself decides nothing"
    })
    void shouldDown(String members, String unreachable, String seenBy, String self, String downed, String why) {
        List<String> reported = words(unreachable);
        List<String> seeing = words(seenBy);
        Sides sides = new Sides(
                node(self),
                words(members).stream()
                        .map(word -> peer(word, reported, seeing))
                        .toList());

        assertThat(sides.downed()).as(why).isEqualTo(nodes(downed));
    }

    /** Only what the cluster itself has yet to see off: it waits for them, whoever reaches them. */
    @ParameterizedTest
    @CsvSource({
        "A b +C,       '',  '',    all stay",
        "A >B,         '',  B,     who leaves",
        "A !B,         '',  B,     who has left",
        "A -B,         '',  B,     who is given up",
        "A >B !C -D e, B C, B C D, in reach or not"
    })
    void shouldSeeOff(String members, String unreachable, String going, String why) {
        Sides sides = new Sides(
                node("A"),
                words(members).stream()
                        .map(word -> peer(word, words(unreachable), List.of("A")))
                        .toList());

        assertThat(sides.going()).as(why).isEqualTo(nodes(going));
    }

    @Test
    void shouldDecideNothingWithoutACluster() {
        assertThat(new Sides(node("A"), List.of()).downed()).isEmpty();
    }

    /** Each member decides alone; together they must leave just one side, whatever the partition. */
    @Test
    void shouldLeaveJustOneOfTwoSides() {
        List<String> all = List.of("A", "B", "C", "D", "E", "F");
        for (int cut = 1; cut < (1 << all.size()) - 1; cut++) {
            int partition = cut;
            List<String> one = all.stream()
                    .filter(name -> (partition & (1 << all.indexOf(name))) != 0)
                    .toList();
            List<String> other =
                    all.stream().filter(name -> !one.contains(name)).toList();

            boolean oneStays = stays(one, other);

            assertThat(stays(other, one)).as(one + " and " + other).isNotEqualTo(oneStays);
        }
    }

    /** Whether it does, having seen that its members agree. */
    private static boolean stays(List<String> side, List<String> others) {
        List<Sides.Peer> peers = words(String.join(" ", side) + " " + String.join(" ", others)).stream()
                .map(name -> peer(name, others, side))
                .toList();
        List<Set<UniqueAddress>> downed =
                side.stream().map(name -> new Sides(node(name), peers).downed()).toList();
        boolean allStartAnew = side.stream().allMatch(name -> downed.contains(Set.of(node(name))));
        boolean othersGivenUp = downed.stream()
                        .filter(others.stream().map(SidesTest::node).collect(Collectors.toSet())::equals)
                        .count()
                == 1;
        assertThat(allStartAnew).isNotEqualTo(othersGivenUp);
        return othersGivenUp;
    }

    private static Sides.Peer peer(String word, List<String> unreachable, List<String> seenBy) {
        String name = word.substring(word.length() - 1);
        MemberStatus status =
                switch (word.charAt(0)) {
                    case '+' -> MemberStatus.joining();
                    case '>' -> MemberStatus.leaving();
                    case '!' -> MemberStatus.exiting();
                    case '-' -> MemberStatus.down();
                    default -> Character.isUpperCase(word.charAt(0)) ? MemberStatus.up() : MemberStatus.weaklyUp();
                };
        return new Sides.Peer(node(name), status, false, unreachable.contains(name), seenBy.contains(name));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static Set<UniqueAddress> nodes(String names) {
        return words(names).stream().map(SidesTest::node).collect(Collectors.toSet());
    }

    private static UniqueAddress node(String name) {
        return new UniqueAddress(new Address("pekko", "millrace", name, 2552), (long) name.charAt(0));
    }
}
