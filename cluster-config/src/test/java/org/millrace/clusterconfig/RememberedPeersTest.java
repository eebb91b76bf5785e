package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedPeersTest {
    private static final String NODE04 = "pekko://millrace@node04:2552";
    private static final String NODE05 = "pekko://millrace@node05:2552";

    @TempDir
    private Path directory;

    @Test
    void shouldReadWhatItWrote() throws IOException {
        Path state = directory.resolve("not").resolve("there");
        RememberedPeers peers = new RememberedPeers(state);

        peers.write(List.of(NODE05));
        peers.write(List.of(NODE04, NODE05));

        assertThat(new RememberedPeers(state).read()).containsExactly(NODE04, NODE05);
        try (Stream<Path> files = Files.list(state)) {
            assertThat(files).containsExactly(state.resolve("cluster-peers"));
        }
    }

    @Test
    void shouldRememberNobodyWithoutAFile() {
        assertThat(new RememberedPeers(directory).read()).isEmpty();
        assertThat(new RememberedPeers(directory.resolve("not-there")).read()).isEmpty();
    }

    @Test
    void shouldIgnoreWhatIsNoAddress() throws IOException {
        Files.writeString(
                directory.resolve("cluster-peers"),
                "node04:2552\n" + NODE04 + "\n\npekko://other@node05:2552\npekko://millrace@node05:x\npekko://mill");

        assertThat(new RememberedPeers(directory).read()).containsExactly(NODE04);
    }

    @Test
    void shouldIgnoreAFileThatIsNoText() throws IOException {
        Files.write(directory.resolve("cluster-peers"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2});

        assertThat(new RememberedPeers(directory).read()).isEmpty();
    }

    @Test
    void shouldIgnoreAFileThatCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve("cluster-peers"));

        assertThat(new RememberedPeers(directory).read()).isEmpty();
    }

    @Test
    void shouldKeepCollectorsFirstAndFillUpWithThoseOfBefore() {
        assertThat(RememberedPeers.merge(Stream.of("c2", "c1"), Stream.of("a2", "a1"), List.of("a9", "a1", "a3")))
                .containsExactly("c1", "c2", "a1", "a2", "a9", "a3");
    }

    @Test
    void shouldRememberNoMoreThanAFew() {
        Stream<String> thousand = IntStream.range(1000, 2000).mapToObj(i -> "a" + i);

        assertThat(RememberedPeers.merge(Stream.of("c1"), thousand, List.of("a9")))
                .hasSize(RememberedPeers.LIMIT)
                .startsWith("c1", "a1000");
    }
}
