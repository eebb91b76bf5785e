package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.event.EventBatch;

class TextWriterTest {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final TextWriter writer = new TextWriter(file);

    private String written() throws IOException {
        writer.flush();
        return file.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldEndEachBodyWithALineEnd() throws IOException {
        EventBatch batch = Batches.of("s", "left", "one", "", "dröi", "right");
        writer.write(batch, 1, 4);

        assertThat(written()).isEqualTo("one\n\ndröi\n");
        assertThat(writer.length()).isEqualTo(file.size());
        assertThat(writer.insideLine()).isFalse();
    }

    @Test
    void shouldPutLongLinesTogetherAgain() throws IOException {
        EventBatch begin = Batches.of(
                "s", Map.of(), List.of(Map.of(), Map.of("line-part", "1", "line-parts", "3")), "whole", "be");
        writer.write(begin, 0, 2);
        assertThat(writer.insideLine()).isTrue();
        EventBatch end = Batches.of(
                "s",
                Map.of("line-parts", "3"),
                List.of(Map.of("line-part", "2"), Map.of("line-part", "3")),
                "gin",
                "ning",
                "next");
        writer.write(end, 0, 3);

        assertThat(written()).isEqualTo("whole\nbeginning\nnext\n");
        assertThat(writer.insideLine()).isFalse();
        assertThat(writer.length()).isEqualTo(file.size());
    }

    @Test
    void shouldNotTakeAStrayHeaderForACutLine() throws IOException {
        writer.write(Batches.of("s", Map.of("line-part", "1"), "x"), 0, 1);

        assertThat(written()).isEqualTo("x\n");
    }
}
