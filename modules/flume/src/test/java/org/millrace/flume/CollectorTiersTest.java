package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.millrace.settings.ConfigProblem;

class CollectorTiersTest {
    private static final String SINKS = """
            a.sources =
            a.channels = c d
            a.channels.c.type = memory
            a.channels.d.type = memory
            a.sinks = k1 k2 k3
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c
            a.sinks.k1.hostname = one
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c
            a.sinks.k2.hostname = two
            a.sinks.k3.type = avro
            a.sinks.k3.channel = c
            a.sinks.k3.hostname = three
            """;
    private static final String GROUP = "a.sinkgroups = g\na.sinkgroups.g.sinks = k1 k2 k3\n";

    private final Findings findings = new Findings();

    @Test
    void shouldMakeATierOfEachPriorityOfAFailoverGroup() {
        assertThat(tiers(GROUP + failover("k1 = 5", "k2 = 10", "k3 = 5")))
                .containsExactly("two 10", "one 5", "three 5");
        assertThat(findings.problems().found()).isEmpty();
    }

    @Test
    void shouldPutSinksWithoutPriorityBehindTheOthers() {
        assertThat(tiers(GROUP + failover("k2 = 10"))).containsExactly("two 2", "one 1", "three 0");
        assertThat(findings.notices()).extracting(Notice::key).contains("a.sinkgroups.g.processor.priority.k1");
    }

    @Test
    void shouldRankPrioritiesThatACollectorCannotHave() {
        assertThat(tiers(GROUP + failover("k1 = -7", "k2 = 2000000", "k3 = 0")))
                .containsExactly("two 2", "three 1", "one 0");
        assertThat(findings.notices())
                .extracting(Notice::toString)
                .anyMatch(notice -> notice.contains("priority.k1: written '-7', taken 'priority 0 for collector one'"));
    }

    @Test
    void shouldMakeOneTierOfALoadBalancingGroup() {
        assertThat(tiers(GROUP + "a.sinkgroups.g.processor.type = load_balance\n"
                        + "a.sinkgroups.g.processor.selector = random\na.sinkgroups.g.processor.backoff = true\n"))
                .containsExactly("one 0", "two 0", "three 0");
        assertThat(findings.notices()).extracting(Notice::key).contains("a.sinkgroups.g.processor.backoff");
        assertThat(findings.problems().found()).isEmpty();
    }

    @Test
    void shouldMakeOneTierOfSinksWithoutAGroup() {
        assertThat(tiers("")).containsExactly("one 0", "two 0", "three 0");
    }

    @Test
    void shouldRefuseWhatOneRouteCannotDo() {
        tiers("a.sinks.k3.channel = d\n");

        assertThat(findings.problems().found())
                .singleElement()
                .asString()
                .contains(
                        "channels that lead to different collectors are not supported yet: c to one, two; d to three");
    }

    @Test
    void shouldNameWhatAGroupGetsWrong() {
        tiers(GROUP.replace("k3", "k4") + failover("k9 = 1", "k1 = high")
                + "a.sinkgroups.g.procesor = x\na.sinkgroups.g.processor.maxPenalty = 3\n");

        assertThat(findings.problems().found())
                .extracting(ConfigProblem::toString)
                .anyMatch(problem -> problem.contains("there is no sink 'k4'"))
                .anyMatch(problem -> problem.contains("there is no sink 'k9'"))
                .anyMatch(problem -> problem.contains("must be a whole number, is 'high'"))
                .anyMatch(problem -> problem.contains("procesor: is not a property here"))
                .anyMatch(problem -> problem.contains("did you mean 'maxpenalty'"));
    }

    private List<String> tiers(String more) {
        FlumeFile file = FlumeFile.of("f", SINKS + more, findings);
        Substitution substitution = new Substitution(Map.of(), new Properties());
        FlumeAgent agent = FlumeAgent.of(file, "a", file.agent("a", substitution, findings), findings);
        return CollectorTiers.of(agent).stream()
                .map(collector -> collector.host() + " " + collector.priority())
                .toList();
    }

    private static String failover(String... priorities) {
        StringBuilder text = new StringBuilder("a.sinkgroups.g.processor.type = failover\n");
        for (String priority : priorities) {
            text.append("a.sinkgroups.g.processor.priority.").append(priority).append('\n');
        }
        return text.toString();
    }
}
