package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.collector.MissingCollectors.LOOKS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MissingCollectorsTest {
    private final MissingCollectors missing = new MissingCollectors("address of b");

    /**
     * Each row is one collector's life as b sees it: looks at which it is a member, looks without it, and
     * so on by turns, and how often b recovers its files.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "never seen,                       0 100, 0",
        "is there,                         100, 0",
        "is restarted in time,             5 29 5, 0",
        "stays away,                       5 30, 1",
        "stays away for ever,              5 1000, 1",
        "comes back after its files went,  5 30 5, 1",
        "goes again,                       5 30 5 30 5, 2",
        "flaps,                            1 20 1 20 1 20 1, 0",
        "flaps and then stays away,        1 20 1 20 1 30, 1"
    })
    void shouldRecoverTheFilesOfOneThatStaysAway(String life, String looks, int recovered) {
        List<String> named = new ArrayList<>();
        boolean there = true;
        for (String count : looks.split(" ", -1)) {
            named.addAll(there ? look(Integer.parseInt(count), "b", "c") : look(Integer.parseInt(count), "b"));
            there = !there;
        }
        assertThat(named).as(life).hasSize(recovered).allMatch("c"::equals);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the only one,                       b, true",
        "the lowest,                         b d, true",
        "not the lowest,                     a b, false",
        "lowest of those that are able,      -a b, true",
        "lowest and not able,                -b d, false",
        "nobody is able,                     -a -b, false"
    })
    void shouldBeDoneByTheLowestThatIsUp(String who, String left, boolean ours) {
        look(1, (left + " c").split(" ", -1));
        assertThat(look(LOOKS, left.split(" ", -1))).as(who).hasSize(ours ? 1 : 0);
    }

    @Test
    void shouldTakeOverWhatOneThatDiedHadToDo() {
        look(1, "a", "b", "c");
        assertThat(look(LOOKS, "a", "b")).isEmpty();
        assertThat(look(1, "b")).as("perhaps not done").containsExactly("c");
        assertThat(look(LOOKS - 2, "b")).isEmpty();
        assertThat(look(1, "b")).containsExactly("a");
    }

    @Test
    void shouldBeDoneByAnotherWhenTheLowestMayNotHaveSeenThem() {
        look(1, "a", "b", "c");
        look(10, "-a", "b");
        assertThat(look(2 * LOOKS - 11, "a", "b")).as("a has started again").isEmpty();
        assertThat(look(1, "a", "b")).containsExactly("c");
        assertThat(look(LOOKS, "a", "b")).as("once").isEmpty();
    }

    @Test
    void shouldCountTheSameNameAtAnotherAddressAsBack() {
        missing.look(List.of(collector("b"), new MissingCollectors.Present("c", "old address", true)));
        look(LOOKS - 1, "b");
        assertThat(missing.look(List.of(collector("b"), new MissingCollectors.Present("c", "new address", true))))
                .isEmpty();
        assertThat(look(LOOKS - 1, "b")).isEmpty();
    }

    @Test
    void shouldForgetTheFirstWhenTooManyStayAway() {
        look(1, "a", "b", "first");
        look(
                1,
                Stream.concat(Stream.of("a", "b"), IntStream.range(0, 1000).mapToObj(i -> "n" + i))
                        .toArray(String[]::new));
        look(LOOKS, "a", "b");
        assertThat(look(1, "-a", "b")).hasSize(1000).doesNotContain("first").contains("n0", "n999");
    }

    private List<String> look(int times, String... nodes) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            named.addAll(missing.look(
                    Arrays.stream(nodes).map(MissingCollectorsTest::collector).toList()));
        }
        return named;
    }

    /** A minus sign says that it is a member and not able. */
    private static MissingCollectors.Present collector(String node) {
        boolean able = !node.startsWith("-");
        String name = able ? node : node.substring(1);
        return new MissingCollectors.Present(name, "address of " + name, able);
    }
}
