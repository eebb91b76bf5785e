package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole drill, as a user runs it, and what must hold of it on a machine of any speed: the times are
 * for a reader to judge. Run by {@code mvn verify -Pdrill}.
 */
@Tag("drill")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrillIT {
    private static final Path CHECKOUT = Path.of(Objects.requireNonNull(System.getProperty("millrace.checkout")));
    private static final Path ALL = Path.of(Objects.requireNonNull(System.getProperty("millrace.system-tests")));
    private static final Duration LIMIT = Duration.ofMinutes(25);

    private final Map<String, Config> results = new TreeMap<>();
    private Script.Result drill;

    @BeforeAll
    void carryOut() {
        Path place = ALL.resolve("DrillIT");
        Directories.delete(place);
        drill = new Script(CHECKOUT.resolve("bin/millrace"), place.resolve("drill.log"))
                .run(
                        LIMIT,
                        "drill",
                        "--json",
                        "--node-options",
                        RunningTopology.NODE_OPTIONS,
                        "--directory",
                        place.resolve("state").toString());
        String json = drill.output().substring(Math.max(0, drill.output().indexOf('[')));
        ConfigFactory.parseString("results = " + json)
                .getConfigList("results")
                .forEach(result -> results.put(result.getString("scenario"), result));
    }

    private Config result(String scenario) {
        assertThat(results).as(drill.output()).containsKey(scenario);
        Config result = results.get(scenario);
        boolean cutsLinks = scenario.equals("one-bad-link") || scenario.equals("partition");
        assumeThat(cutsLinks && result.hasPath("not_carried_out"))
                .as("without nftables, links are not cut")
                .isFalse();
        return result;
    }

    @Test
    void shouldEndWithZero() {
        assertThat(drill.exitCode()).as(drill.output()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "published",
                "crash",
                "freeze",
                "leave",
                "rolling",
                "both",
                "one-bad-link",
                "partition",
                "flapping",
                "slow-store",
                "store-down",
                "agent-crash"
            })
    void shouldLoseNothing(String scenario) {
        assertThat(result(scenario).getLong("lost")).as(drill.output()).isZero();
        assertThat(result(scenario).getStringList("unmet"))
                .as(drill.output())
                .allMatch(unmet -> unmet.matches(
                        "gap at most .*|resumes within .*|nobody waits longer .*|twice only what was under way .*"
                                + "|lines wait for the slow store"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"published", "leave", "rolling", "slow-store"})
    void shouldStoreNothingTwice(String scenario) {
        assertThat(result(scenario).getLong("duplicated_in_kafka"))
                .as(drill.output())
                .isZero();
        assertThat(result(scenario).getLong("duplicated_in_hdfs"))
                .as(drill.output())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "crash, node05, node05, node05",
        "freeze, node05, node05, node05",
        "leave, node05, node05, node05",
        "one-bad-link, node05, node04, node04",
        "partition, node04, node05, node05",
        "slow-store, node04, node04, node04"
    })
    void shouldMoveTheLanesThatMustAndComeBack(String scenario, String node01, String node02, String node03) {
        Map<String, Object> home = Map.of("node01", "node04", "node02", "node04", "node03", "node04");
        Config result = result(scenario);
        assertThat(result.getObject("before").unwrapped()).isEqualTo(home);
        assertThat(result.getObject("meanwhile").unwrapped())
                .isEqualTo(Map.of("node01", node01, "node02", node02, "node03", node03));
        assertThat(result.getObject("after").unwrapped()).isEqualTo(home);
    }
}
