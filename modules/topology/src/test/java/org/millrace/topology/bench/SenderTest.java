package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SenderTest {
    @Test
    void shouldObjectToFilesCompletedBeforeAStoreHasThem() {
        assertThat(Sender.tooEarly("Kafka", "records", 1000, 1000)).isEmpty();
        assertThat(Sender.tooEarly("Kafka", "records", 1999, 2000))
                .hasValue("files with 2,000 records were completed when Kafka had 1,999");
    }
}
