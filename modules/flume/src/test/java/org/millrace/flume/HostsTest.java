package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.settings.ConfigProblem;

class HostsTest {
    private static final Property PROPERTY = new Property("f", 3, "a.b", "node04");

    @TempDir
    private Path directory;

    private final Findings findings = new Findings();

    @Test
    void shouldResolveWhatItHasAndLeaveTheRestToTheSystem() throws IOException {
        Hosts hosts = read("# hosts\n\n127.0.0.4\tnode04.example.org node04 # the first\n::1 six\n127.0.0.9 node04\n");

        assertThat(hosts.resolve("node04")).isEqualTo("127.0.0.4");
        assertThat(hosts.resolve("six")).isEqualTo("::1");
        assertThat(hosts.resolve("other")).isEqualTo("other");
        assertThat(hosts.resolveHostAndPort("node04:9092")).isEqualTo("127.0.0.4:9092");
        assertThat(hosts.resolveHostAndPort("node04:52020", PROPERTY)).isEqualTo("127.0.0.4:52020");
        assertThat(findings.problems().found()).isEmpty();
        assertThat(findings.notices())
                .singleElement()
                .asString()
                .contains("line 3 of ")
                .contains("127.0.0.4");
    }

    @Test
    void shouldNameMistakes() throws IOException {
        read("node04 127.0.0.4\n127.0.0.5\n");
        Hosts.read(Optional.of(directory.resolve("absent")), findings);
        Hosts.read(Optional.of(directory), findings);
        Hosts.read(Optional.of(Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff})), findings);

        assertThat(findings.problems().found())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        directory.resolve("hosts") + ": 1: --hosts: must be an address and names, as in /etc/hosts",
                        directory.resolve("hosts") + ": 2: --hosts: must be an address and names, as in /etc/hosts",
                        directory.resolve("absent") + ": --hosts: there is no such file; correct the name",
                        directory + ": --hosts: is a directory; name the file in it",
                        directory.resolve("bytes") + ": --hosts: is no text in UTF-8; name a file such as /etc/hosts");
    }

    private Hosts read(String text) throws IOException {
        return Hosts.read(Optional.of(Files.writeString(directory.resolve("hosts"), text)), findings);
    }
}
