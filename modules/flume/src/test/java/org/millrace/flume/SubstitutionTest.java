package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {
    private final Findings findings = new Findings();

    @ParameterizedTest
    @CsvSource({
        "/data/${env:ZONE}/in, /data/west/in",
        "${sys:port}, 52020",
        "${env:${sys:name}}, west",
        "${env:ABSENT:-/data}, /data",
        "${env:TRICKY}, ${env:ZONE}",
        "plain $1 %{host}, plain $1 %{host}",
        "$${env:ZONE}, ${env:ZONE}",
    })
    void shouldFillIn(String written, String expected) {
        assertThat(apply(written)).isEqualTo(expected);
        assertThat(findings.problems().found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${env:ABSENT}        | no environment variable ABSENT",
                "${sys:absent}        | no system property absent",
                "${ZONE}              | write ${env:ZONE}",
                "${java:version}      | not supported yet",
                "${filter['key']}     | configuration filters are not supported yet",
            })
    void shouldNameWhatCannotBeFilledIn(String written, String message) {
        assertThat(apply(written)).isEqualTo(written);
        assertThat(findings.problems().found())
                .singleElement()
                .asString()
                .startsWith("f: 7: a.b: ")
                .contains(message);
    }

    @Test
    void shouldNotGoRoundInACircle() {
        assertThat(apply("${env:${env:ZONE")).isEqualTo("${env:${env:ZONE");
        assertThat(apply("${env:LOOP}")).isEqualTo("${env:LOOP}");
        assertThat(findings.problems().found()).isEmpty();

        assertThat(apply("${env:${env:LOOP}}")).isEqualTo("${env:${env:LOOP}}");
        assertThat(findings.problems().found()).hasSize(1);
    }

    private String apply(String written) {
        Properties system = new Properties();
        system.setProperty("port", "52020");
        system.setProperty("name", "ZONE");
        Map<String, String> environment = Map.of("ZONE", "west", "TRICKY", "${env:ZONE}", "LOOP", "${env:LOOP}");
        return new Substitution(environment, system)
                .apply(new Property("f", 7, "a.b", written), findings)
                .value();
    }
}
