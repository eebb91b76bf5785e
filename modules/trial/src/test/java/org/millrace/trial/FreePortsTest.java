package org.millrace.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void shouldGiveDifferentPortsThatNoOutgoingConnectionGets() {
        List<Integer> ports = FreePorts.take(200);
        assertThat(ports).hasSize(200).doesNotHaveDuplicates().allMatch(port -> port > 1_024 && port < 32_768);
    }
}
