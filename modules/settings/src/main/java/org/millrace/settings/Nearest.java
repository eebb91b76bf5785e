package org.millrace.settings;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the right word for a misspelt one. */
public final class Nearest {
    /** Shorter beginnings of a word say too little to complete it. */
    private static final int MIN_PREFIX = 4;

    private Nearest() {}

    /**
     * The end of a message that proposes the choice nearest to {@code written}; empty where none is
     * near enough to be a correction rather than a guess. Case, hyphens, underscores and dots do not
     * count, so that {@code batchSize} is taken for {@code batch-size}.
     */
    public static String hint(String written, Collection<String> choices) {
        String plain = plain(written);
        int allowed = Math.min(4, plain.length() <= 3 ? 1 : Math.max(2, plain.length() / 3));
        String nearest = null;
        int edits = Integer.MAX_VALUE;
        for (String choice : choices) {
            int distance = distance(plain, plain(choice), allowed);
            if (distance >= 0 && distance < edits) {
                edits = distance;
                nearest = choice;
            }
        }
        return nearest == null || edits >= plain.length() ? "" : "; did you mean '" + nearest + "'?";
    }

    private static int distance(String written, String choice, int allowed) {
        int distance = new LevenshteinDistance(allowed).apply(written, choice);
        if (distance < 0 && written.length() >= MIN_PREFIX && choice.startsWith(written)) {
            return allowed;
        }
        return distance;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
    }
}
