package org.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiersTest {
    private static final Tiers TIERS = new Tiers(Map.of("node04", 10, "10.0.0.5", 5, "10.0.0.4", 1, "node06", 0));

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "named by its node,            node04, 10.0.0.9, 3,  10",
        "named by its host,            node05, 10.0.0.5, 3,  5",
        "named by both,                node04, 10.0.0.4, 3,  10",
        "put last,                     node06, 10.0.0.6, 99, 0",
        "not named,                    node07, 10.0.0.7, 3,  3",
        "another's name as its host,   node07, node04,   3,  10",
    })
    void shouldPutTheAgentsOwnWordFirst(String what, String node, String host, int announced, int expected) {
        Set<String> roles = Set.of(Roles.COLLECTOR, Roles.node(node), Roles.priority(announced));

        assertThat(TIERS.priorityOf(roles, host)).isEqualTo(expected);
        assertThat(Tiers.AS_ANNOUNCED.priorityOf(roles, host)).isEqualTo(announced);
    }

    @Test
    void shouldPutACollectorOfWhichNothingIsSaidIntoTheLowestTier() {
        assertThat(TIERS.priorityOf(Set.of(Roles.COLLECTOR), "10.0.0.7")).isZero();
    }
}
