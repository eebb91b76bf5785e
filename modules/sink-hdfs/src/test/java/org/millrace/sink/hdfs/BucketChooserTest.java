package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;

class BucketChooserTest {
    private static final Instant NOW = Instant.parse("2026-03-01T15:04:09.007Z");
    private static final String YESTERDAY = "1772236800000";

    private static BucketChooser chooser(String path, String prefix, boolean timeFromHeader) {
        return chooser(path, prefix, Duration.ZERO, timeFromHeader);
    }

    private static BucketChooser chooser(String path, String prefix, Duration stretch, boolean timeFromHeader) {
        return new BucketChooser(
                EscapedText.parse(path, what -> what),
                EscapedText.parse(prefix, what -> what),
                ZoneOffset.UTC,
                new RoundDown(stretch),
                timeFromHeader,
                20);
    }

    private static Bucket choose(String path, Map<String, String> headers) throws UnstorableException {
        return chooser(path, "events", false).choose(Batches.of("s", headers, "x"), 0, NOW);
    }

    @Test
    void shouldTellTheCollectorsTime() throws UnstorableException {
        assertThat(choose("/logs/%Y-%m-%d", Map.of("timestamp", YESTERDAY)))
                .isEqualTo(new Bucket("/logs/2026-03-01", "events"));
    }

    @Test
    void shouldTellOnlyWhenStretchesBegin() throws UnstorableException {
        BucketChooser chooser = chooser("/logs/%H%M", "e%S", Duration.ofMinutes(10), true);
        String time = Long.toString(Instant.parse("2026-03-01T11:54:34Z").toEpochMilli());

        assertThat(chooser.choose(Batches.of("s", Map.of("timestamp", time), "x"), 0, NOW))
                .isEqualTo(new Bucket("/logs/1150", "e00"));
    }

    @Test
    void shouldTellTheEventsTime() throws UnstorableException {
        BucketChooser chooser = chooser("/logs/%Y-%m-%d", "e%H", true);
        EventBatch batch = Batches.of("s", Map.of("timestamp", YESTERDAY), "x");

        assertThat(chooser.choose(batch, 0, NOW)).isEqualTo(new Bucket("/logs/2026-02-28", "e00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "253402300800000", "99999999999999999999", "1.5"})
    void shouldRefuseEventsWhoseTimeIsNone(String timestamp) {
        BucketChooser chooser = chooser("/logs/%Y", "events", true);
        EventBatch batch = Batches.of("s", Map.of("timestamp", timestamp), "x");

        assertThatThrownBy(() -> chooser.choose(batch, 0, NOW))
                .isInstanceOfSatisfying(
                        UnstorableException.class, e -> assertThat(e.reason()).isEqualTo("no-timestamp"));
    }

    @Test
    void shouldNotAskForATimeThatThePathDoesNotTell() throws UnstorableException {
        BucketChooser chooser = chooser("/logs", "events", true);

        assertThat(chooser.choose(Batches.of("s", "x"), 0, NOW).directory()).isEqualTo("/logs");
    }

    @Test
    void shouldRefuseEventsWithoutANeededHeader() {
        assertThatThrownBy(() -> choose("/logs/%{app}", Map.of("app", "")))
                .isInstanceOfSatisfying(
                        UnstorableException.class, e -> assertThat(e.reason()).isEqualTo("missing-header"))
                .hasMessageContaining("'app'");
        assertThatThrownBy(() -> choose("/logs/%{app}", Map.of()))
                .isInstanceOfSatisfying(
                        UnstorableException.class, e -> assertThat(e.reason()).isEqualTo("missing-header"));
    }

    @ParameterizedTest
    @CsvSource({
        "shop, /logs/shop/x",
        "a/b, /logs/a_b/x",
        "../../etc, /logs/.._.._etc/x",
        "/etc/passwd, /logs/_etc_passwd/x",
        ".., /logs/__/x",
        "., /logs/_/x",
        "..., /logs/.../x",
        "a:b\\c, /logs/a_b_c/x",
    })
    void shouldKeepHeadersInsideTheirPathElement(String value, String directory) throws UnstorableException {
        assertThat(choose("/logs/%{app}/x", Map.of("app", value)).directory()).isEqualTo(directory);
    }

    @Test
    void shouldReplaceControlCharacters() throws UnstorableException {
        assertThat(choose("/logs/%{app}", Map.of("app", "a\nb\0c")).directory()).isEqualTo("/logs/a_b_c");
    }

    @Test
    void shouldRefuseNamesThatAreTooLong() {
        assertThatThrownBy(() -> choose("/logs/%{app}", Map.of("app", "ä".repeat(128))))
                .isInstanceOfSatisfying(
                        UnstorableException.class, e -> assertThat(e.reason()).isEqualTo("name-too-long"));
        BucketChooser longPrefix = chooser("/logs", "%{app}", false);
        EventBatch batch = Batches.of("s", Map.of("app", "x".repeat(21)), "x");
        assertThatThrownBy(() -> longPrefix.choose(batch, 0, NOW))
                .isInstanceOfSatisfying(
                        UnstorableException.class, e -> assertThat(e.reason()).isEqualTo("name-too-long"));
    }

    @Test
    void shouldTakeABatchAsOneRunUnlessItsEventsDiffer() {
        EventBatch batch = Batches.of(
                "s",
                Map.of("app", "shop", "host", "web1"),
                List.of(Map.of("line", "1"), Map.of("app", "pay"), Map.of("app", "pay"), Map.of("app", "shop")),
                "a",
                "b",
                "c",
                "d",
                "e");

        assertThat(chooser("/logs/%Y", "events", false).endOfRun(batch, 0)).isEqualTo(5);
        assertThat(chooser("/logs/%{host}", "events", false).endOfRun(batch, 0)).isEqualTo(5);
        BucketChooser byApp = chooser("/logs/%{app}", "events", false);
        assertThat(byApp.endOfRun(batch, 0)).isEqualTo(1);
        assertThat(byApp.endOfRun(batch, 1)).isEqualTo(3);
        assertThat(byApp.endOfRun(batch, 3)).isEqualTo(5);
    }

    @Test
    void shouldNotConfuseNeighbours() throws UnstorableException {
        BucketChooser chooser = chooser("/logs/%{app}/%S", "%t", true);
        EventBatch batch = Batches.of(
                "s",
                Map.of(),
                List.of(
                        Map.of("app", "a", "timestamp", "1000"),
                        Map.of("app", "a", "timestamp", "1001"),
                        Map.of("app", "b", "timestamp", "1001"),
                        Map.of("app", "b", "timestamp", "2001")),
                "1",
                "2",
                "3",
                "4");

        assertThat(chooser.choose(batch, 0, NOW)).isEqualTo(new Bucket("/logs/a/01", "1000"));
        assertThat(chooser.choose(batch, 1, NOW)).isEqualTo(new Bucket("/logs/a/01", "1001"));
        assertThat(chooser.choose(batch, 2, NOW)).isEqualTo(new Bucket("/logs/b/01", "1001"));
        assertThat(chooser.choose(batch, 3, NOW)).isEqualTo(new Bucket("/logs/b/02", "2001"));
    }
}
