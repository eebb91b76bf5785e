package org.millrace.settings;

/**
 * One mistake in a configuration.
 *
 * @param where file and line as a user finds them, such as {@code agent.conf: 12}
 * @param key the full key; empty where the whole file is meant
 * @param message what is wrong and what to write instead
 */
public record ConfigProblem(String where, String key, String message) {
    @Override
    public String toString() {
        return where + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
