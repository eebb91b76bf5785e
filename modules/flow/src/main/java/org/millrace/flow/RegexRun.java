package org.millrace.flow;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs regular expressions over the events of one batch, and gives up where one backtracks for too
 * long. Java's expressions are kept, since users bring theirs along with lookaheads and back
 * references, which the engines that never backtrack do not have.
 *
 * <p>The bounds, in steps of {@link CountedText}, leave room for what is merely clumsy ({@code .*x.*}
 * takes the square of the length where there is no x) and stay below a second a batch.
 */
final class RegexRun {
    /** For one event: some hundredths of a second. */
    static final long EVENT_STEPS = 20_000_000;

    /** For all events of a batch, after which each has only the least. */
    static final long BATCH_STEPS = 10 * EVENT_STEPS;

    private static final long LEAST_STEPS = 20_000;
    private static final long LEAST_STEPS_A_CHARACTER = 16;

    private final Tally tally;
    private long left = BATCH_STEPS;

    RegexRun(Tally tally) {
        this.tally = tally;
    }

    /**
     * What {@code use} makes of a matcher of {@code pattern} on {@code text}; nothing where that takes
     * too much, which is counted. Uses of the matcher after it are not bounded.
     */
    <T> Optional<T> on(Pattern pattern, String text, Function<Matcher, T> use) {
        long least = LEAST_STEPS + LEAST_STEPS_A_CHARACTER * text.length();
        CountedText counted = new CountedText(text, Math.max(least, Math.min(EVENT_STEPS, left)));
        try {
            return Optional.of(use.apply(pattern.matcher(counted)));
        } catch (CountedText.TooManySteps e) {
            tally.unchanged("too-many-steps", 1);
            return Optional.empty();
        } catch (StackOverflowError e) {
            // Alternatives that repeat make Java's matcher call itself once a character.
            tally.unchanged("too-deep", 1);
            return Optional.empty();
        } finally {
            left -= counted.steps();
        }
    }
}
