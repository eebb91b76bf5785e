package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * To write the page anew: {@code mvn test -pl modules/flume -am -Dtest=CompatibilityPageTest
 * -Dtest.jvm=-Ddocs.write=true}.
 */
class CompatibilityPageTest {
    private static final Path PAGE = Path.of("../../docs/flume-compatibility.md");

    @Test
    void shouldBeWhatTheCensusSays() throws IOException {
        String page = CompatibilityPage.page();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/flume-compatibility.md; write it anew with -Dtest.jvm=-Ddocs.write=true")
                .isEqualTo(page);
    }
}
