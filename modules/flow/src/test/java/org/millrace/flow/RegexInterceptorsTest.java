package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;

/** What looks into bodies. */
class RegexInterceptorsTest extends FlowFixture {
    /** Backtracks for ever on a row of a's that no b ends; Java sees through what has no back reference. */
    private static final String EVIL = "(a+)+b(\\\\1)?";

    private static final String ROW = "a".repeat(60);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "nothing",
            value = {
                "regex = INFO | 0 2",
                "regex = INFO, exclude-events = true | 1 3",
                "regex = \"^INFO\" | 0",
                "regex = \"caf\u00e9$\" | 3",
                "exclude-events = false | 0 1 2 3",
                "exclude-events = true | nothing",
                "regex = \"(?!INFO)^....\" | 1 2 3",
                "regex = FATAL | nothing",
            })
    void shouldKeepTheEventsInWhichTheExpressionIsFoundOrNot(String keys, String kept) {
        EventBatch batch = Events.of("INFO one", "DEBUG two", "an INFO", "le caf\u00e9");

        Optional<EventBatch> out =
                chain("{ type = regex-filter, " + keys + " }").intercept(batch, tally);

        List<Integer> left = out.map(Events::indexes).orElse(List.of());
        assertThat(left).isEqualTo(kept == null ? List.of() : indexes(kept));
        assertThat(tally.counts())
                .isEqualTo(left.size() == 4 ? Map.of() : Map.of("dropped regex-filter", 4 - left.size()));
    }

    @Test
    void shouldMakeHeadersOfGroupsInTheirOrder() {
        EventBatch batch = Events.start()
                .add("1:2:3.4foobar5", Map.of("one", "old"))
                .add("nothing", Map.of())
                .sharing(Map.of("file", "f"));

        EventBatch out = through("""
                { type = regex-extractor, regex = "(\\\\d):(\\\\d):(\\\\d)",
                  serializers = [ { name = one }, { name = two, type = default } ] }""", batch);

        assertThat(out.headers(0)).isEqualTo(Map.of("file", "f", "one", "1", "two", "2"));
        assertThat(out.headers(1)).isEqualTo(Map.of("file", "f"));
        assertThat(Events.bodies(out)).isEqualTo(Events.bodies(batch));
        assertThat(tally.counts()).isEmpty();
    }

    @Test
    void shouldMakeNoHeaderOfAGroupThatTakesNoPart() {
        EventBatch out = through("""
                { type = regex-extractor, regex = "(WARN)|(ERROR)",
                  serializers = [ { name = warning }, { name = error } ] }""", Events.of("ERROR x", "WARN y"));

        assertThat(out.headers(0)).isEqualTo(Map.of("error", "ERROR"));
        assertThat(out.headers(1)).isEqualTo(Map.of("warning", "WARN"));
        assertThat(tally.counts()).isEmpty();
    }

    /** What Flume's serializer, which reads by Joda-Time, makes of the same. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yyyy-MM-dd HH:mm:ss | UTC | 2012-10-18 18:47:57 | 1350586077000",
                "yyyy-MM-dd HH:mm:ss | Europe/Berlin | 2012-10-18 18:47:57 | 1350578877000",
                "yyyy-MM-dd HH:mm:ss,SSS | UTC | 2012-10-18 18:47:57,614 | 1350586077614",
                "yyyy-MM-dd HH:mm | UTC | 2012-10-18 18:47 | 1350586020000",
                "yyyy-MM-dd | UTC | 2012-10-18 | 1350518400000",
                "yyyy-MM | UTC | 2012-10 | 1349049600000",
                "yyyy | UTC | 2012 | 1325376000000",
                "HH:mm | UTC | 01:02 | 3720000",
                "dd/MMM/yyyy:HH:mm:ss Z | UTC | 10/Oct/2000:13:55:36 -0700 | 971211336000",
                "yyyy-MM-dd'T'HH:mm:ssXXX | UTC | 2012-10-18T18:47:57+02:00 | 1350578877000",
                "yyyy-MM-dd hh:mm a | UTC | 2012-10-18 06:47 PM | 1350586020000",
            })
    void shouldMakeMillisecondsOfADate(String pattern, String zone, String text, String millis) {
        EventBatch out = through("""
                { type = regex-extractor, regex = "^(.*)$",
                  serializers = [ { name = timestamp, type = millis, pattern = "%s", time-zone = "%s" } ] }""".formatted(pattern, zone), Events.of(text));

        assertThat(out.headers(0)).isEqualTo(Map.of("timestamp", millis));
    }

    @Test
    void shouldCountADateThatIsNone() {
        EventBatch out = through("""
                { type = regex-extractor, regex = "(\\\\S+) (\\\\S+)", serializers = [
                  { name = timestamp, type = millis, pattern = "yyyy-MM-dd" }, { name = level } ] }""", Events.of("2012-13-45 WARN"));

        assertThat(out.headers(0)).isEqualTo(Map.of("level", "WARN"));
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged no-date", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "search-pattern = INFO, replace-string = Log | an Log and Log",
                "search-pattern = \"^an \" | INFO and INFO",
                "search-pattern = \"(\\\\w+) and (\\\\w+)\", replace-string = \"$2 or $1\" | an INFO or INFO",
                "search-pattern = \"(?<w>and)\", replace-string = \"<${w}>\" | an INFO <and> INFO",
                "search-pattern = and, replace-string = \"\\\\$\" | an INFO $ INFO",
                "search-pattern = and, replace-string = \"\u4e2d\" | an INFO \u4e2d INFO",
            })
    void shouldReplaceEveryPlaceWhereItIsFound(String keys, String replaced) {
        EventBatch batch = Events.of("none of it", "an INFO and INFO");

        EventBatch out = through("{ type = search-replace, " + keys + " }", batch);

        assertThat(Events.bodies(out)).containsExactly("none of it", replaced);
        assertThat(out.last()).isEqualTo(batch.last());
        assertThat(tally.counts()).isEmpty();
    }

    @Test
    void shouldNotCopyABatchInWhichNoBodyChanges() {
        EventBatch batch = Events.of("a", "b");

        assertThat(through("{ type = search-replace, search-pattern = c, replace-string = d }", batch))
                .isSameAs(batch);
        assertThat(through("{ type = search-replace, search-pattern = b, replace-string = b }", batch))
                .isSameAs(batch);
        assertThat(through("{ type = regex-filter }", batch)).isSameAs(batch);
    }

    /** Flume makes question marks of them. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "US-ASCII", "ISO-8859-1", "GBK", "UTF-16BE"})
    void shouldLeaveBytesAsTheyAreThatAreNoText(String charset) {
        byte[] odd = new byte[256];
        for (int i = 0; i < odd.length; i++) {
            odd[i] = (byte) (i == 'X' ? 0 : i);
        }
        byte[] x = "X".getBytes(Charset.forName(charset));
        byte[] y = "YY".getBytes(Charset.forName(charset));
        EventBatch batch = Events.start().add(join(odd, x, odd), Map.of()).sharing(Map.of());

        EventBatch out = through(
                "{ type = search-replace, search-pattern = X, replace-string = YY, charset = " + charset + " }", batch);

        assertThat(out.copyBody(0)).isEqualTo(join(odd, y, odd));
    }

    @Test
    void shouldSeeBodiesAsUtf8WhateverTheirBytes() {
        byte[] latin = "caf\u00e9 INFO".getBytes(StandardCharsets.ISO_8859_1);
        EventBatch batch = Events.start().add(latin, Map.of()).sharing(Map.of());

        EventBatch out = through(
                "{ type = regex-extractor, regex = \"(caf.) (INFO)\", serializers = [ { name = a }, { name = b } ] }",
                batch);

        assertThat(out.headers(0)).isEqualTo(Map.of("a", "caf\uFFFD", "b", "INFO"));
    }

    /** Each interceptor leaves the one event as it is, does its work on the other, and counts. */
    @Test
    void shouldGiveUpAnExpressionThatBacktracksForEver() {
        EventBatch batch = Events.of(ROW, "aab", "other");

        assertThat(Events.bodies(through("{ type = regex-filter, regex = \"" + EVIL + "\" }", batch)))
                .containsExactly(ROW, "aab");
        assertThat(Events.bodies(
                        through("{ type = regex-filter, exclude-events = true, regex = \"" + EVIL + "\" }", batch)))
                .containsExactly(ROW, "other");
        EventBatch extracted =
                through("{ type = regex-extractor, regex = \"" + EVIL + "\", serializers = [ { name = h } ] }", batch);
        assertThat(extracted.headers(0)).isEmpty();
        assertThat(extracted.headers(1)).isEqualTo(Map.of("h", "aa"));
        assertThat(Events.bodies(through(
                        "{ type = search-replace, search-pattern = \"" + EVIL + "\", replace-string = c }", batch)))
                .containsExactly(ROW, "c", "other");
        EventBatch named = Events.start().add("x", Map.of(ROW, "1", "aab", "2")).sharing(Map.of());
        assertThat(through("{ type = remove-header, matching = \"" + EVIL + "\" }", named)
                        .headers(0))
                .isEqualTo(Map.of(ROW, "1"));
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-many-steps", 5, "dropped regex-filter", 2));
    }

    /** A thousand such events take no more than the bound of the batch and the least of each. */
    @Test
    void shouldBoundWhatAWholeBatchTakes() {
        EventBatch batch = Events.of(Collections.nCopies(1000, ROW).toArray(String[]::new));

        assertThat(through("{ type = regex-filter, regex = \"" + EVIL + "\" }", batch))
                .isSameAs(batch);
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-many-steps", 1000));
    }

    @Test
    void shouldLeaveRoomForWhatIsOnlyClumsy() {
        EventBatch batch = Events.of(Collections.nCopies(30, "b".repeat(2000)).toArray(String[]::new));

        assertThat(chain("{ type = regex-filter, regex = \".*x.*\" }").intercept(batch, tally))
                .isEmpty();
        assertThat(tally.counts()).isEqualTo(Map.of("dropped regex-filter", 30));
    }

    @Test
    void shouldGiveUpAnExpressionThatNestsTooDeep() {
        EventBatch batch = Events.of("ab".repeat(500_000) + "c", "abc");

        EventBatch out = through("{ type = search-replace, search-pattern = \"^(a|b)*c\" }", batch);

        assertThat(out.bodyLength(0)).isEqualTo(1_000_001);
        assertThat(out.bodyLength(1)).isZero();
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-deep", 1));
    }

    @Test
    void shouldBoundWhatABatchMayGrowBy() {
        String tenKb = "z".repeat(10_000);
        EventBatch batch = Events.of(Collections.nCopies(200, "x").toArray(String[]::new));

        EventBatch out =
                through("{ type = search-replace, search-pattern = x, replace-string = \"" + tenKb + "\" }", batch);

        assertThat(out.bodyBytes()).isBetween(Growth.LIMIT - 20_000, Growth.LIMIT + 200);
        assertThat(Events.bodies(out).get(199)).isEqualTo("x");
        assertThat(tally.counts().get("unchanged too-large")).isBetween(90, 100);
    }

    @Test
    void shouldBoundWhatABatchMayGrowByAllTogether() {
        String item = "{ type = regex-extractor, regex = \"(y{300000})\", serializers = [ { name = NAME } ] }";
        EventBatch batch = Events.of("y".repeat(1_000_000));

        EventBatch out = through(item.replace("NAME", "a") + "," + item.replace("NAME", "b"), batch);

        assertThat(out.headers(0)).containsOnlyKeys("a");
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-large", 1));
    }

    /** It would take 25 GB to write it all down. */
    @Test
    void shouldNotBuildWhatIsTooLarge() {
        EventBatch batch = Events.of("x".repeat(500_000));

        EventBatch out = through(
                "{ type = search-replace, search-pattern = x, replace-string = \"" + "z".repeat(50_000) + "\" }",
                batch);

        assertThat(out).isSameAs(batch);
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-large", 1));
    }

    @Test
    void shouldBoundTheHeadersOfABatch() {
        EventBatch batch = Events.of("y".repeat(300_000), "y".repeat(300_000));

        EventBatch out = through("{ type = regex-extractor, regex = \"(y+)\", serializers = [ { name = h } ] }", batch);

        assertThat(out.header(0, "h")).hasSize(300_000);
        assertThat(out.header(1, "h")).isNull();
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-large", 1));
    }

    private static List<Integer> indexes(String words) {
        return List.of(words.split(" ")).stream().map(Integer::valueOf).toList();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
