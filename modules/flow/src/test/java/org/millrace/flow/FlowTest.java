package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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

    @Test
    void shouldKeepAnExistingHeaderOnlyWhereToldTo() {
        EventBatch shared = batch(Map.of("Collector", "old"), Map.of());
        EventBatch own = batch(Map.of(), Map.of("Collector", "old"));
        Interceptor keeping = new StaticInterceptor("Collector", "new", true);
        Interceptor replacing = new StaticInterceptor("Collector", "new", false);

        assertThat(keeping.intercept(shared).orElseThrow().header(0, "Collector"))
                .isEqualTo("old");
        assertThat(keeping.intercept(own).orElseThrow().header(1, "Collector")).isEqualTo("old");
        assertThat(keeping.intercept(own).orElseThrow().header(0, "Collector")).isEqualTo("new");
        assertThat(replacing.intercept(shared).orElseThrow().header(0, "Collector"))
                .isEqualTo("new");
        assertThat(replacing.intercept(own).orElseThrow().header(1, "Collector"))
                .isEqualTo("new");
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
    void shouldNameEveryMistake() {
        chain("interceptors = [ { type = statik, key = a, value = b }, { type = static, kee = a, value = b } ]");
        Selector.from(section("selector { type = multi }"), List.of("c1"));

        assertThat(problems.found().stream().map(ConfigProblem::key))
                .containsExactlyInAnyOrder(
                        "x.interceptors.0.type", "x.interceptors.1.key", "x.interceptors.1.kee", "x.selector.type");
    }

    private InterceptorChain chain(String text) {
        return InterceptorChain.from(section(text));
    }

    private ConfigSection section(String text) {
        return ConfigSection.of(ConfigFactory.parseString("x {" + text + "}"), "x", problems);
    }

    private static EventBatch batch(Map<String, String> shared, Map<String, String> ownOfSecond) {
        return EventBatch.builder(new SourceId("s", 1), 1, 0, shared, new byte[] {'a', 'b'})
                .add(0, 1, 2)
                .add(1, 1, 4, ownOfSecond)
                .build();
    }
}
