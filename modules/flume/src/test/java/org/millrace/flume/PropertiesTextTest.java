package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropertiesTextTest {
    private final Findings findings = new Findings();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b = c",
                "a.b=c\r\na.d:e\ra.f g",
                "  a.b   =   c",
                "a.b c = d",
                "a\\ b.c = d\\ e",
                "a.b = x\\\n    y\\\n  \t z\nc.d = e",
                "a.b = x\\\\\nc.d = e",
                "a.b = tab\\there\\nline \\u0041\\u00e9 \\q \\\\ \\# \\= \\:",
                "# a comment \\\na.b = c\n! another\n\n   # and one\nc.d = e",
                "a.b",
                "a.b =",
                "a.b = c#d",
                "a\\:b\\=c.d = e",
                "a.b == c",
                "a.b : = c",
                "a.b = x\\",
                "a.b = \\u00e4\\u00f6",
            })
    void shouldReadAsJavaDoes(String text) throws IOException {
        Properties expected = new Properties();
        expected.load(new StringReader(text));

        Map<String, String> read = new HashMap<>();
        parse(text).forEach(property -> read.put(property.key(), property.value()));

        assertThat(read).isEqualTo(expected);
        assertThat(findings.notices()).isEmpty();
        assertThat(findings.problems().found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.b = c # d              | c",
                "a.b = c #d               | c",
                "a.b = c\u00a0#d          | c",
                "a.b = c \u00a0           | c",
                "a.b = \u3000c\ufeff      | c",
                "a.b = x \u00a0 y \u00a0  | x \u00a0 y",
                "a.b = # nothing          | ''",
                "a.b = a \\# b # c        | a # b",
            })
    void shouldNoticeWhatAPersonReadsOtherwise(String text, String value) {
        Property property = parse(text).get(0);

        assertThat(property.key()).isEqualTo("a.b");
        assertThat(property.value()).isEqualTo(value);
        assertThat(findings.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.where()).isEqualTo("f: 1");
            assertThat(notice.taken()).isEqualTo(value);
        });
    }

    @Test
    void shouldStripBlanksAroundValuesAsFlumeDoes() {
        assertThat(parse("a.b = c  \t").get(0).value()).isEqualTo("c");
        assertThat(findings.notices()).isEmpty();
    }

    @Test
    void shouldTakeOddBlanksAroundAKeyForBlanks() {
        assertThat(parse("\u00a0a.b\u00a0= c").get(0).key()).isEqualTo("a.b");
        assertThat(findings.notices()).singleElement().asString().contains("no-break");
    }

    @Test
    void shouldCountLinesAcrossContinuationsAndComments() {
        List<Property> read = parse("# one\n\na.b = x \\\n  y\n\nc.d = z");

        assertThat(read).extracting(Property::line).containsExactly(3, 6);
    }

    @Test
    void shouldSayThatACommentSwallowsTheNextLine() {
        List<Property> read = parse("a.b = c # see \\\na.d = e\na.f = g");

        assertThat(read).extracting(Property::key).containsExactly("a.b", "a.f");
        assertThat(findings.notices())
                .anySatisfy(notice -> assertThat(notice.why()).contains("1 line(s) after this one belong to it"));
    }

    @Test
    void shouldNameAMalformedEscapeAndReadOn() {
        List<Property> read = parse("a.b = \\u12x4\na.c = d");

        assertThat(read).extracting(Property::key).containsExactly("a.c");
        assertThat(findings.problems().found())
                .singleElement()
                .asString()
                .startsWith("f: 1: a.b: ")
                .contains("four hexadecimal digits");
    }

    private List<Property> parse(String text) {
        return PropertiesText.parse("f", text, findings);
    }
}
