package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.millrace.avrorpc.TlsEnd;
import org.millrace.settings.ConfigProblems;

class AvroSettingsTest {
    @Test
    void shouldHaveFlumesDefaults() {
        AvroSettings settings = SinkUnderTest.settings("collectors { node04 { port = 52020 } }");

        assertThat(settings.collectors()).containsExactly(new Collector("node04", "node04", 52020, 0));
        assertThat(settings.spread()).isEqualTo(AvroSettings.Spread.ROUND_ROBIN);
        assertThat(settings.batchEvents()).isEqualTo(100);
        assertThat(settings.batchBytes()).isEqualTo(1 << 20);
        assertThat(settings.wire())
                .isEqualTo(new AvroSettings.Wire(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ZERO,
                        OptionalInt.empty(),
                        Optional.empty()));
        assertThat(settings.sink().channel()).isEqualTo("c1");
    }

    @Test
    void shouldReadEverything() {
        AvroSettings settings = SinkUnderTest.settings("""
                collectors { a { host = node04, port = 1, priority = 10 }, node05 { port = 65535 } }
                spread = random, batch-events = 7, batch-bytes = 1 KiB
                connect-timeout = 1 s, request-timeout = 2 s, reconnect-interval = 3 s
                compression = deflate, compression-level = 9
                tls { enabled = true, check-host = false }
                """);

        assertThat(settings.collectors())
                .containsExactly(new Collector("a", "node04", 1, 10), new Collector("node05", "node05", 65535, 0));
        assertThat(settings.wire().deflate()).hasValue(9);
        assertThat(settings.wire().tls()).map(AvroSettings.Tls::servers).contains(TlsEnd.ServerCertificates.TRUSTED);
        assertThat(settings.spread()).isEqualTo(AvroSettings.Spread.RANDOM);
    }

    /** Where any collector is trusted, nobody reads the truststore. */
    @Test
    void shouldNameStoresThatCannotBeReadWhereTheyAreNeeded() {
        ConfigProblems problems = new ConfigProblems();

        String stores = "keystore = /none.p12, truststore = /dev/null";
        SinkUnderTest.settings("collectors { a { port = 1 } }, tls { enabled = true, " + stores + " }", problems);
        assertThat(problems.found())
                .hasSize(2)
                .anyMatch(problem -> problem.key().equals("sinks.k1.tls.keystore")
                        && problem.message().equals("/none.p12: there is no such file; correct the name"))
                .anyMatch(problem -> problem.key().equals("sinks.k1.tls.truststore")
                        && problem.message().startsWith("cannot read /dev/null (PKCS12): "));

        SinkUnderTest.settings("""
                collectors { a { port = 1 } }
                tls { enabled = true, trust-all = true, truststore = /none.p12 }
                """);
        SinkUnderTest.settings("collectors { a { port = 1 } }, tls { " + stores + " }");
    }

    @Test
    void shouldNameEveryMistake() {
        ConfigProblems problems = new ConfigProblems();

        SinkUnderTest.settings("""
                collectors { a { host = node04, port = 1 }, b { host = node04, port = 1, prority = 2 }, c {} }
                spread = robin, batch-events = 0, compression = gzip, compression-level = 0
                tls { enabled = maybe, trust-al = true }
                batchsize = 1
                """, problems);
        SinkUnderTest.settings("collectors {}", problems);

        assertThat(problems.found().stream().map(problem -> problem.key() + " " + problem.message()))
                .containsExactlyInAnyOrder(
                        "sinks.k1.collectors.b is node04:1, as a is already",
                        "sinks.k1.collectors.b.prority is not a key of this section; did you mean 'priority'?",
                        "sinks.k1.collectors.c.port is missing",
                        "sinks.k1.spread 'robin' is not one of round-robin, random",
                        "sinks.k1.batch-events must be at least 1, is 0",
                        "sinks.k1.compression 'gzip' is not one of none, deflate",
                        "sinks.k1.compression-level must be from 1 to 9, is 0",
                        "sinks.k1.tls.enabled must be true or false, is \"maybe\"",
                        "sinks.k1.tls.trust-al is not a key of this section; did you mean 'trust-all'?",
                        "sinks.k1.batchsize is not a key of this section",
                        "sinks.k1.collectors must have at least one, such as: node04 { port = 52020 }");
    }
}
