package org.millrace.source.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.4, 4141, 127.0.0.4, 4141, true",
        "127.0.0.4, 4141, 127.0.0.4, 4142, false",
        "127.0.0.4, 4141, 127.0.0.5, 4141, false",
        "0.0.0.0, 4141, 127.0.0.5, 4141, true",
        "node04, 4141, '::', 4141, true",
        "0.0.0.0, 4141, '[::]', 4141, true",
        "0.0.0.0, 4141, 0.0.0.0, 4142, false",
        "Node04, 4141, node04, 4141, true",
        "node04, 4141, node05, 4141, false",
        "localhost, 4141, 127.0.0.1, 4141, true",
        "0.0.0.0, 0, 0.0.0.0, 0, false",
        "127.0.0.4, 0, 127.0.0.4, 0, false",
    })
    void shouldExcludeWhatCannotBeHadBeside(String host, int port, String otherHost, int otherPort, boolean excludes) {
        ListenAddress one = new ListenAddress(host, port);
        ListenAddress other = new ListenAddress(otherHost, otherPort);

        assertThat(one.excludes(other)).isEqualTo(excludes);
        assertThat(other.excludes(one)).isEqualTo(excludes);
    }
}
