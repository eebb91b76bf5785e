package org.millrace.settings;

/**
 * Something in a configuration that keeps no node from starting, and that a user should know.
 *
 * @param where file and line, as of a {@link ConfigProblem}
 * @param key the full key; empty where the whole file is meant
 * @param message what holds, why, and how to have it otherwise
 */
public record ConfigNotice(String where, String key, String message) {
    @Override
    public String toString() {
        return where + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
