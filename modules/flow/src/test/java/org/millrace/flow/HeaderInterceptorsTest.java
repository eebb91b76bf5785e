package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;

/** What sets and removes headers. Every batch has two events, of which the second may have headers of its own. */
class HeaderInterceptorsTest extends FlowFixture {
    @Test
    void shouldGiveEveryEventTheStaticHeaderInTheOrderOfTheList() {
        EventBatch in = batch(Map.of("file", "f"), Map.of());

        EventBatch out = through("""
                { type = static, key = Collector, value = node04 }
                { type = static, key = Collector, value = node05 }
                { type = static, key = site, value = a }""", in);

        assertThat(out.headers(0)).isEqualTo(Map.of("file", "f", "Collector", "node04", "site", "a"));
        assertThat(out.ownHeaders(1)).isEmpty();
        assertThat(Events.bodies(out)).containsExactly("a", "b");
        assertThat(out.last()).isEqualTo(in.last());
    }

    /** What the events' header is: shared by both, the second one's own, and after the interceptor. */
    @ParameterizedTest
    @CsvSource({
        "true, , , new, new",
        "true, old, , old, old",
        "true, , own, new, own",
        "true, old, own, old, own",
        "false, , , new, new",
        "false, old, , new, new",
        "false, , own, new, new",
        "false, old, own, new, new",
        "false, new, own, new, new",
    })
    void shouldKeepAnExistingHeaderOnlyWhereToldTo(
            boolean preserve, String shared, String own, String first, String second) {
        EventBatch batch = batch(header("h", shared), header("h", own));

        for (Interceptor interceptor : List.of(
                new StaticInterceptor("h", "new", preserve),
                chain("{ type = static, key = h, value = new, preserve-existing = " + preserve + " }"))) {
            EventBatch out = interceptor.intercept(batch, tally).orElseThrow();
            assertThat(out.header(0, "h")).isEqualTo(first);
            assertThat(out.header(1, "h")).isEqualTo(second);
            assertThat(out.last()).isEqualTo(batch.last());
        }
    }

    @Test
    void shouldNotCopyABatchThatStaysAsItIs() {
        EventBatch batch = batch(Map.of("h", "new"), Map.of());

        assertThat(through("{ type = static, key = h, value = x }", batch)).isSameAs(batch);
        assertThat(through("{ type = static, key = h, value = new, preserve-existing = false }", batch))
                .isSameAs(batch);
        assertThat(through("{ type = remove-header, with-name = other }", batch))
                .isSameAs(batch);
        assertThat(through("{ type = uuid, header-name = h }", batch)).isSameAs(batch);
        assertThat(through("", batch)).isSameAs(batch);
    }

    /** As Flume: replaces a header unless told to keep it. One header for the whole batch. */
    @ParameterizedTest
    @CsvSource({"false, 1234, 1234", "true, 1, 2"})
    void shouldGiveTheTimeInMilliseconds(boolean preserve, String first, String second) {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1234));
        EventBatch batch = batch(Map.of("timestamp", "1"), Map.of("timestamp", "2"));

        EventBatch out = new TimestampInterceptor("timestamp", preserve, clock)
                .intercept(batch, tally)
                .orElseThrow();

        assertThat(out.header(0, "timestamp")).isEqualTo(first);
        assertThat(out.header(1, "timestamp")).isEqualTo(second);
    }

    @Test
    void shouldSetTheTimeOnceForTheWholeBatch() {
        long before = System.currentTimeMillis();
        EventBatch out = through("{ type = timestamp }", batch(Map.of(), Map.of("timestamp", "2")));

        assertThat(Long.parseLong(out.sharedHeaders().get("timestamp"))).isBetween(before, System.currentTimeMillis());
        assertThat(out.ownHeaders(1)).isEmpty();
    }

    @Test
    void shouldGiveTheHost() throws UnknownHostException {
        InetAddress host = InetAddress.getLocalHost();
        EventBatch batch = batch(Map.of("host", "other"), Map.of());

        assertThat(through("{ type = host }", batch).sharedHeaders()).isEqualTo(Map.of("host", host.getHostAddress()));
        assertThat(through("{ type = host, use-ip = false, host-header = h }", batch)
                        .header(1, "h"))
                .isEqualTo(host.getCanonicalHostName());
        assertThat(through("{ type = host, preserve-existing = true }", batch).header(1, "host"))
                .isEqualTo("other");
    }

    @Test
    void shouldGiveEachEventAnIdentifierThatItKeepsWhenItComesAgain() {
        Interceptor uuid = chain("{ type = uuid, prefix = e- }");
        EventBatch batch = batch(Map.of(), Map.of());
        Set<String> all = new HashSet<>();

        EventBatch out = uuid.intercept(batch, tally).orElseThrow();
        EventBatch again = uuid.intercept(batch.after(batch.first()), tally).orElseThrow();
        EventBatch ofAnotherLife =
                uuid.intercept(batch.withSource(new SourceId("s", 2)), tally).orElseThrow();
        for (EventBatch made : List.of(out, ofAnotherLife)) {
            all.add(made.header(0, "id"));
            all.add(made.header(1, "id"));
        }

        assertThat(all).hasSize(4).allMatch(id -> id.matches("e-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertThat(again.header(0, "id")).isEqualTo(out.header(1, "id"));
    }

    @ParameterizedTest
    @CsvSource({"true, mine, own", "false, , "})
    void shouldKeepAnIdentifierUnlessToldNotTo(boolean preserve, String first, String second) {
        EventBatch out = through(
                "{ type = uuid, header-name = id, preserve-existing = " + preserve + " }",
                batch(Map.of("id", "mine"), Map.of("id", "own")));

        if (preserve) {
            assertThat(List.of(out.header(0, "id"), out.header(1, "id"))).containsExactly(first, second);
        } else {
            assertThat(List.of(out.header(0, "id"), out.header(1, "id"))).doesNotContain("mine", "own");
        }
    }

    /** What is left of the shared headers a, ab, c and of the second event's own a, d. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "with-name = a | ab c | d",
                "from-list = [a, c] | ab | d",
                "matching = a | ab c | d",
                "matching = \"a.*\" | c | d",
                "matching = d, with-name = c | a ab | a",
                "with-name = a, from-list = [ab], matching = c | '' | d",
                "with-name = none | a ab c | a d",
            })
    void shouldRemoveHeaders(String keys, String shared, String own) {
        EventBatch batch = batch(Map.of("a", "1", "ab", "1", "c", "1"), Map.of("a", "2", "d", "2"));

        EventBatch out = through("{ type = remove-header, " + keys + " }", batch);

        assertThat(out.sharedHeaders().keySet()).isEqualTo(names(shared));
        assertThat(out.ownHeaders(1).keySet()).isEqualTo(names(own));
        assertThat(out.bytes()).isEqualTo(batch.bytes() - weight(batch, out));
        assertThat(Events.bodies(out)).containsExactly("a", "b");
    }

    @Test
    void shouldPassOnWhatAnInterceptorLeftAndCountWhatItDidNot() {
        InterceptorChain chain = new InterceptorChain(List.of(
                new InterceptorChain.Link("cut", (batch, any) -> Optional.of(batch.after(batch.first()))),
                new InterceptorChain.Link("static", new StaticInterceptor("h", "new", true))));

        EventBatch out = chain.intercept(batch(Map.of(), Map.of()), tally).orElseThrow();

        assertThat(Events.bodies(out)).containsExactly("b");
        assertThat(out.header(0, "h")).isEqualTo("new");
        assertThat(out.first()).isEqualTo(new Position(1, 20));
        assertThat(tally.counts()).isEqualTo(Map.of("dropped cut", 1));
    }

    @Test
    void shouldStopTheChainWhereNoEventIsLeft() {
        InterceptorChain chain = new InterceptorChain(List.of(
                new InterceptorChain.Link("none", (batch, any) -> Optional.empty()),
                new InterceptorChain.Link("never", (batch, any) -> {
                    throw new AssertionError("called with nothing");
                })));

        assertThat(chain.intercept(batch(Map.of(), Map.of()), tally)).isEmpty();
        assertThat(tally.counts()).isEqualTo(Map.of("dropped none", 2));
    }

    /** Where a source has several lanes, another choice must not meet what a collector knows of the old one. */
    @Test
    void shouldBeginTheLanesAnewWhereTheirEventsAreChosenInAnotherWay() {
        EventBatch batch = batch(Map.of(), Map.of());
        String mapped =
                "channels = [a, b], selector { type = multiplexing, header = h, default = [a], mapping { 1 = [b] } }";

        SourceId first = source(lanes(mapped, "a", "b"), batch);
        assertThat(first.name()).isEqualTo("s");
        assertThat(first).isNotEqualTo(batch.source());
        assertThat(source(lanes(mapped.replace(", selector", "\n  selector"), "a", "b"), batch))
                .isEqualTo(first);
        assertThat(source(lanes(mapped.replace("1 =", "2 ="), "a", "b"), batch)).isNotEqualTo(first);
        assertThat(source(lanes(mapped + ", interceptors = [ { type = timestamp } ]", "a", "b"), batch))
                .isNotEqualTo(first);
        assertThat(source(lanes("channels = [a]", "a"), batch)).isEqualTo(batch.source());
    }

    private SourceId source(Interceptor interceptors, EventBatch batch) {
        return interceptors.intercept(batch, tally).orElseThrow().source();
    }

    /** Headers that are gone, in bytes. */
    private static long weight(EventBatch before, EventBatch after) {
        long gone = 0;
        for (Map<String, String> headers : List.of(before.sharedHeaders(), before.ownHeaders(1))) {
            gone += headers.keySet().stream()
                    .mapToLong(name -> 16 + name.length() + 1)
                    .sum();
        }
        for (Map<String, String> headers : List.of(after.sharedHeaders(), after.ownHeaders(1))) {
            gone -= headers.keySet().stream()
                    .mapToLong(name -> 16 + name.length() + 1)
                    .sum();
        }
        return gone;
    }

    private static Set<String> names(String words) {
        return words.isEmpty() ? Set.of() : Set.of(words.split(" "));
    }

    private static Map<String, String> header(String name, String value) {
        return value == null ? Map.of() : Map.of(name, value);
    }

    private static EventBatch batch(Map<String, String> shared, Map<String, String> ownOfSecond) {
        return Events.start().add("a", Map.of()).add("b", ownOfSecond).sharing(shared);
    }
}
