package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

class FlowTest {
    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldGiveEveryEventTheStaticHeaderInTheOrderOfTheList() {
        InterceptorChain chain = chain("interceptors = [ { type = static, key = Collector, value = node04 },"
                + " { type = static, key = Collector, value = node05 },"
                + " { type = static, key = site, value = a } ]");

        EventBatch out = chain.intercept(batch(Map.of("file", "f"), Map.of())).orElseThrow();

        assertThat(problems.found()).isEmpty();
        assertThat(out.headers(0)).isEqualTo(Map.of("file", "f", "Collector", "node04", "site", "a"));
        assertThat(out.copyBody(1)).containsExactly('b');
        assertThat(out.last()).isEqualTo(batch(Map.of(), Map.of()).last());
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
        EventBatch batch = batch(header(shared), header(own));

        EventBatch out = new StaticInterceptor("Collector", "new", preserve)
                .intercept(batch)
                .orElseThrow();

        assertThat(out.header(0, "Collector")).isEqualTo(first);
        assertThat(out.header(1, "Collector")).isEqualTo(second);
        assertThat(out.last()).isEqualTo(batch.last());
    }

    @Test
    void shouldNotCopyABatchThatStaysAsItIs() {
        EventBatch batch = batch(Map.of("Collector", "new"), Map.of());

        assertThat(new StaticInterceptor("Collector", "x", true).intercept(batch))
                .containsSame(batch);
        assertThat(new StaticInterceptor("Collector", "new", false).intercept(batch))
                .containsSame(batch);
        assertThat(chain("").intercept(batch)).containsSame(batch);
    }

    @Test
    void shouldPassOnWhatAnInterceptorLeft() {
        InterceptorChain chain = new InterceptorChain(List.of(
                batch -> Optional.of(batch.after(batch.first())), new StaticInterceptor("Collector", "new", true)));

        EventBatch out = chain.intercept(batch(Map.of(), Map.of())).orElseThrow();

        assertThat(out.size()).isEqualTo(1);
        assertThat(out.copyBody(0)).containsExactly('b');
        assertThat(out.header(0, "Collector")).isEqualTo("new");
    }

    @Test
    void shouldStopTheChainWhereNoEventIsLeft() {
        InterceptorChain chain = new InterceptorChain(List.of(batch -> Optional.empty(), batch -> {
            throw new AssertionError("called with nothing");
        }));

        assertThat(chain.intercept(batch(Map.of(), Map.of()))).isEmpty();
    }

    @Test
    void shouldReplicateIntoAllChannels() {
        Selector selector = Selector.from(section("selector { type = replicating }"), List.of("kafka", "hdfs"));

        assertThat(selector.select(batch(Map.of(), Map.of())))
                .isEqualTo(new Selection(List.of("kafka", "hdfs"), List.of()));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldReplicateWhereNoSelectorIsWritten() {
        assertThat(Selector.from(section(""), List.of("c1"))
                        .select(batch(Map.of(), Map.of()))
                        .required())
                .containsExactly("c1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "interceptors = [ { type = statik, kee = 1 } ] | interceptors.0.type"
                        + " | 'statik' is not one of static; did you mean 'static'?",
                "interceptors = [ { key = a, value = b } ] | interceptors.0.type | is missing",
                "interceptors = [ { type = static, key = a } ] | interceptors.0.value | is missing",
                "interceptors = [ { type = static, key = a, value = \"\" } ] | interceptors.0.value | must not be empty",
                "interceptors = [ { type = static, key = a, value = b, preserve-existing = perhaps } ]"
                        + " | interceptors.0.preserve-existing | must be true or false, is \"perhaps\"",
                "interceptors = [ { type = static, key = a, value = b, preserveExisting = true } ]"
                        + " | interceptors.0.preserveExisting"
                        + " | is not a key of this section; did you mean 'preserve-existing'?",
                "interceptors = static | interceptors | must be a list of sections in brackets, is \"static\"",
                "selector { type = replicate } | selector.type"
                        + " | 'replicate' is not one of replicating; did you mean 'replicating'?",
                "selector { type = replicating, headr = x } | selector.headr | is not a key of this section",
                "selector = replicating | selector | must be a section in braces",
            })
    void shouldNameMistakes(String written, String key, String message) {
        ConfigSection section = section(written);
        InterceptorChain.from(section);
        Selector.from(section, List.of("c1"));

        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactly(tuple("x." + key, message));
    }

    private InterceptorChain chain(String text) {
        return InterceptorChain.from(section(text));
    }

    private ConfigSection section(String text) {
        return ConfigSection.of(ConfigFactory.parseString("x {" + text + "}"), "x", problems);
    }

    private static Map<String, String> header(String value) {
        return value == null ? Map.of() : Map.of("Collector", value);
    }

    private static EventBatch batch(Map<String, String> shared, Map<String, String> ownOfSecond) {
        return EventBatch.builder(new SourceId("s", 1), 1, 0, shared, new byte[] {'a', 'b'})
                .add(0, 1, 2)
                .add(1, 1, 4, ownOfSecond)
                .build();
    }
}
