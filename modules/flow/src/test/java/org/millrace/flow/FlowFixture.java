package org.millrace.flow;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/** Interceptors and selectors as a configuration has them, and what they counted. */
abstract class FlowFixture {
    private static final Config REFERENCE = ConfigFactory.defaultReference();

    final ConfigProblems problems = new ConfigProblems();
    final CountingTally tally = new CountingTally();

    /** The chain of {@code interceptors = [ items ]}; fails on mistakes. */
    final Interceptor chain(String items) {
        Interceptor chain = read("interceptors = [ " + items + " ]");
        problems.throwIfAny();
        return chain;
    }

    /** What the chain of {@code items} leaves of {@code batch}. */
    final EventBatch through(String items, EventBatch batch) {
        return chain(items).intercept(batch, tally).orElseThrow();
    }

    final Interceptor read(String text) {
        return InterceptorChain.from(section(text), REFERENCE);
    }

    final Selector selector(String text, String... channels) {
        return Selector.from(section(text), List.of(channels), REFERENCE);
    }

    final Interceptor lanes(String text, String... channels) {
        return InterceptorChain.ofLanes(section(text), List.of(channels), REFERENCE);
    }

    private ConfigSection section(String text) {
        return ConfigSection.of(ConfigFactory.parseString("x {" + text + "}"), "x", problems);
    }
}
