package org.millrace.flume;

import org.millrace.settings.ConfigNotice;

/**
 * Something in a Flume file that was not taken as it was written.
 *
 * @param where file and line
 * @param key the property's full key
 * @param written what stands there; empty for nothing
 * @param taken what holds instead; empty for nothing
 * @param why the reason, and what a user can do about it
 */
public record Notice(String where, String key, String written, String taken, String why) {
    @Override
    public String toString() {
        return asConfigNotice().toString();
    }

    /** The same in a sentence. */
    ConfigNotice asConfigNotice() {
        String before = written.isEmpty() ? "not written" : "written '" + Blanks.visible(written) + "'";
        String now = taken.isEmpty() ? "left out" : "taken '" + Blanks.visible(taken) + "'";
        return new ConfigNotice(where, key, before + ", " + now + ": " + why);
    }
}
