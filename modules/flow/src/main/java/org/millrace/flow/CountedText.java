package org.millrace.flow;

/**
 * A text at which a regular expression may look only so often, since Java's expressions can backtrack
 * for ever. Work is counted in steps, a step being one look at one character, and not in time: so the
 * same text always ends the same way.
 *
 * <p>Not thread-safe.
 */
public final class CountedText implements CharSequence {
    private final String text;
    private final long limit;
    private long steps;

    /** @param limit with the step after these, looking throws {@link TooManySteps} */
    public CountedText(String text, long limit) {
        this.text = text;
        this.limit = limit;
    }

    /** How many steps were taken. */
    long steps() {
        return steps;
    }

    @Override
    public char charAt(int index) {
        if (++steps > limit) {
            throw new TooManySteps();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Thrown out of the matcher; where it was is of no interest. */
    public static final class TooManySteps extends RuntimeException {
        private TooManySteps() {
            super("too many steps", null, false, false);
        }
    }
}
