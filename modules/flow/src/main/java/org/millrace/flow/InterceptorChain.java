package org.millrace.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Interceptors one behind the other, in the order of the configuration. */
public final class InterceptorChain implements Interceptor {
    /** The kinds that a configuration can name. */
    private enum Type {
        STATIC
    }

    private final List<Interceptor> interceptors;

    public InterceptorChain(List<Interceptor> interceptors) {
        this.interceptors = List.copyOf(interceptors);
    }

    /**
     * Reads the list {@code interceptors} of a source's or a collector's section: {@code [ { type =
     * static, key = Collector, value = node04 } ]}. No list, no interceptors.
     */
    public static InterceptorChain from(ConfigSection section) {
        List<Interceptor> interceptors = new ArrayList<>();
        for (ConfigSection item : section.sectionList("interceptors")) {
            // One kind for now; the type is read so that a wrong one is named.
            item.oneOf("type", Type.class);
            interceptors.add(StaticInterceptor.from(item));
            item.rejectUnknownKeys();
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
