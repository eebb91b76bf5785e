package org.millrace.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Interceptors one behind the other, in the order of the configuration. */
public final class InterceptorChain implements Interceptor {
    /** The kinds that a configuration can name, each with what reads its section. */
    private static final Map<String, Function<ConfigSection, Interceptor>> TYPES =
            Map.of("static", StaticInterceptor::from);

    private final List<Interceptor> interceptors;

    public InterceptorChain(List<Interceptor> interceptors) {
        this.interceptors = List.copyOf(interceptors);
    }

    /**
     * Reads the list {@code interceptors} of a source's or a collector's section: {@code [ { type =
     * static, key = Collector, value = node04 } ]}. No list, no interceptors. Notes every mistake in the
     * section's problems; the chain must not be used when there are any.
     */
    public static InterceptorChain from(ConfigSection section) {
        List<Interceptor> interceptors = new ArrayList<>();
        for (ConfigSection item : section.sectionList("interceptors")) {
            // The other keys of an unknown kind are neither right nor wrong.
            item.oneOf("type", TYPES).ifPresent(type -> {
                interceptors.add(type.apply(item));
                item.rejectUnknownKeys();
            });
        }
        return new InterceptorChain(interceptors);
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch) {
        Optional<EventBatch> current = Optional.of(batch);
        for (Interceptor interceptor : interceptors) {
            current = current.flatMap(interceptor::intercept);
        }
        return current;
    }
}
