package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathTextTest {
    @TempDir
    Path directory;

    @Test
    void shouldKeepEveryByteOfAName() throws Exception {
        String odd = OddNames.encoded(directory);
        Path path = PathText.decode(odd);
        Files.writeString(path, "x");

        List<Path> listed;
        try (var files = Files.list(directory)) {
            listed = files.toList();
        }

        assertThat(listed).containsExactly(path);
        assertThat(PathText.encode(listed.get(0))).isEqualTo(odd);
        assertThat(PathText.encode(PathText.append(path, ".1.COMPLETED"))).isEqualTo(odd + ".1.COMPLETED");
    }

    @Test
    void shouldShowOneReadableLine() {
        Path path = PathText.decode("/a%20b/caf%C3%A9%FF%0Ac");
        assertThat(PathText.readable(path)).isEqualTo("/a b/café\uFFFD\nc");
        assertThat(PathText.shown(path)).isEqualTo("/a b/café\uFFFD\\x0ac");
    }

    @Test
    void shouldEncodeADirectoryAsAFileOfThatName() {
        assertThat(PathText.encode(directory)).doesNotEndWith("/");
        assertThat(PathText.decode(PathText.encode(directory))).isEqualTo(directory);
    }

    @Test
    void shouldRefuseWhatIsNoAbsolutePath() {
        assertThatThrownBy(() -> PathText.decode("a/b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PathText.decode("/a%zz")).isInstanceOf(IllegalArgumentException.class);
    }
}
