package org.millrace.flume;

import java.util.List;

/**
 * What Millrace makes of a component or property of Flume.
 *
 * @param kind which way it goes
 * @param values for {@link Kind#ONLY}: the values that are the same here
 * @param remark the key here, or the reason
 */
record Verdict(Kind kind, List<String> values, String remark) {
    enum Kind {
        /** It is there and does the same. */
        SAME,
        /** It is there and does it better. */
        BETTER,
        /** It would have nothing to do. */
        NOT_NEEDED,
        /** It is missing. */
        NOT_YET,
        /** Some values are the same, the others are missing. */
        ONLY
    }

    /** Whether the translation must do something about it. */
    boolean isTranslated() {
        return kind == Kind.SAME || kind == Kind.BETTER;
    }
}
