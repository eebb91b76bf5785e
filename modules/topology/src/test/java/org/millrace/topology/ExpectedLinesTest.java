package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.topology.ExpectedLines.Counts;

class ExpectedLinesTest {
    @TempDir
    private Path directory;

    @Test
    void shouldFindWhatIsAsItWent() throws IOException {
        assertThat(compare("a\nb\nc\n", "a\nb\nc\n")).isEqualTo(new Counts(3, 3, 3, 0, 0, 0, 0));
    }

    @Test
    void shouldTakeALastLineWithoutItsEnd() throws IOException {
        assertThat(compare("a\nb", "a\nb\n").exact()).isTrue();
    }

    @Test
    void shouldCountWhatIsMissing() throws IOException {
        Counts counts = compare("a\nb\nc\n", "a\nc\n");
        assertThat(counts).isEqualTo(new Counts(3, 2, 2, 1, 0, 0, 0));
        assertThat(counts.exact()).isFalse();
        assertThat(counts.text()).isEqualTo("2 of 3 lines, 1 missing");
    }

    @Test
    void shouldCountEachLineAsOftenAsItWent() throws IOException {
        assertThat(compare("a\na\nb\n", "a\nb\n")).isEqualTo(new Counts(3, 2, 2, 1, 0, 0, 0));
        assertThat(compare("a\na\nb\n", "a\na\nb\nb\na\n")).isEqualTo(new Counts(3, 5, 3, 0, 2, 0, 0));
    }

    @Test
    void shouldNotTakeARedeliveryForDisorder() throws IOException {
        assertThat(compare("a\nb\nc\n", "a\nb\na\nb\nc\n")).isEqualTo(new Counts(3, 5, 3, 0, 2, 0, 0));
    }

    @Test
    void shouldCountWhatCameTooLate() throws IOException {
        assertThat(compare("a\nb\nc\nd\n", "a\nc\nd\nb\n").outOfOrder()).isEqualTo(1);
    }

    @Test
    void shouldLookAtTheOrderOfEachSequenceAlone() throws IOException {
        ExpectedLines.Tally tally = expected("a\nb\nc\n").tally();
        tally.begin("second file");
        split("c\n", tally);
        tally.begin("first file");
        split("a\nb\n", tally);
        assertThat(tally.counts()).isEqualTo(new Counts(3, 3, 3, 0, 0, 0, 0));
    }

    @Test
    void shouldSeeASingleChangedByte() throws IOException {
        assertThat(compare("a\r\n", "a\n")).isEqualTo(new Counts(1, 1, 0, 1, 0, 0, 1));
        assertThat(compare("\n", "\0\n")).isEqualTo(new Counts(1, 1, 0, 1, 0, 0, 1));
    }

    @Test
    void shouldHoldManyAndLongLines() throws IOException {
        String many = IntStream.range(0, 5000).mapToObj(Integer::toString).collect(Collectors.joining("\n")) + "\n";
        String all = many + "x".repeat(1_000_000) + "\n";
        assertThat(compare(all, all)).isEqualTo(new Counts(5001, 5001, 5001, 0, 0, 0, 0));
    }

    private Counts compare(String went, String came) throws IOException {
        ExpectedLines.Tally tally = expected(went).tally();
        tally.begin("store");
        split(came, tally);
        return tally.counts();
    }

    private ExpectedLines expected(String content) throws IOException {
        Path file = directory.resolve("in");
        Files.writeString(file, content);
        return ExpectedLines.of(List.of(file));
    }

    private static void split(String content, Lines lines) throws IOException {
        LineSplitter.split(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), lines);
    }
}
