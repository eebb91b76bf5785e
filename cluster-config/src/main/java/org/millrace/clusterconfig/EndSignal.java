package org.millrace.clusterconfig;

import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that tell a process to end. The JVM answers the first by running its shutdown hooks, and
 * has nothing to tell them of a second: only {@code sun.misc.Signal} does. By reflection, since javac
 * warns of that class's name and has no way to be told that we know.
 */
final class EndSignal {
    private static final List<String> NAMES = List.of("TERM", "INT");

    private static final Logger LOG = LoggerFactory.getLogger(EndSignal.class);

    private EndSignal() {}

    /** Runs {@code action} on each of them from now on; the JVM itself does not hear them any more. */
    static void onNext(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handle = Proxy.newProxyInstance(
                    EndSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            for (String name : NAMES) {
                Object each = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handler).invoke(null, each, handle);
            }
        } catch (ReflectiveOperationException e) {
            LOG.warn("a second signal will not be heard", e);
        }
    }
}
