package org.millrace.flow;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import org.millrace.settings.ConfigSection;

/** Makes an interceptor of a class that a configuration names. */
final class OwnInterceptor {
    private OwnInterceptor() {}

    /** The interceptor; nothing, with a problem noted, where the class cannot be one. */
    static Optional<Interceptor> from(ConfigSection section, String className) {
        try {
            Class<?> found = Class.forName(className, true, loader());
            if (!Interceptor.class.isAssignableFrom(found)) {
                section.problem("type", "class " + className + " does not implement " + Interceptor.class.getName());
                return Optional.empty();
            }
            return Optional.of(
                    (Interceptor) found.getConstructor(ConfigSection.class).newInstance(section));
        } catch (ClassNotFoundException e) {
            section.problem("type", "there is no class " + className + "; put its jar beside Millrace's own, into lib");
        } catch (NoSuchMethodException e) {
            section.problem("type", "class " + className + " has no public constructor that takes a ConfigSection");
        } catch (InvocationTargetException e) {
            section.problem("type", "class " + className + " cannot be set up: " + e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            section.problem("type", "class " + className + " cannot be loaded: " + e);
        }
        return Optional.empty();
    }

    private static ClassLoader loader() {
        ClassLoader ofTheProgram = Thread.currentThread().getContextClassLoader();
        return ofTheProgram == null ? OwnInterceptor.class.getClassLoader() : ofTheProgram;
    }
}
