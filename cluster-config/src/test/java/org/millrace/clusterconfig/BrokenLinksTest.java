package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokenLinksTest {
    /** Collectors C and D, agents L to P. */
    @ParameterizedTest
    @CsvSource({
        "'',          '',    '',  all is well",
        "CL,          '',    L,   the agent goes and the collector stays",
        "CL LC,       '',    L,   both have said so",
        "CL CM CN,    '',    L M N, agents go though the collector has the more of them",
        "CD,          '',    D,   of two collectors the higher",
        "LM,          '',    M,   of two agents the higher",
        "LM LN LO,    '',    L,   or who has the more of them",
        "CD CL,       '',    D L, all kinds at once",
        "CL DM LM,    '',    L M, nobody goes who need not",
        "CL,          L,     '',  who is out of reach is on another side",
        "CL DM,       L,     M,   and the others are not",
        "CZ,          '',    '',  Z is no member any more"
    })
    void shouldGiveWay(String links, String outOfReach, String givingWay, String why) {
        Sides sides = new Sides(
                node("C"),
                Stream.of("C", "D", "L", "M", "N", "O", "P")
                        .map(name -> new Sides.Peer(
                                node(name),
                                MemberStatus.up(),
                                "CD".contains(name),
                                links.contains(name),
                                !outOfReach.contains(name)))
                        .toList());
        BrokenLinks broken = new BrokenLinks(words(links).stream()
                .map(link -> BrokenLinks.Link.between(node(link.substring(0, 1)), node(link.substring(1))))
                .collect(Collectors.toSet()));

        Set<UniqueAddress> gone = broken.among(sides).givingWay(sides);

        assertThat(gone)
                .as(why)
                .isEqualTo(words(givingWay).stream().map(BrokenLinksTest::node).collect(Collectors.toSet()));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static UniqueAddress node(String name) {
        return new UniqueAddress(new Address("pekko", "millrace", name, 2552), (long) name.charAt(0));
    }
}
