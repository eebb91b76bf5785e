package org.millrace.topology.drill;

import java.util.Locale;

/** What a drill has to tell of a scenario. */
sealed interface Outcome permits Result, Outcome.NotCarriedOut {
    /** A row of the table. */
    String row();

    /** A JSON object in one line. */
    String json();

    /** Whether nothing was lost. */
    boolean lossless();

    /**
     * A scenario that cannot be carried out here.
     *
     * @param reason and what would help
     */
    record NotCarriedOut(String scenario, String reason) implements Outcome {
        @Override
        public String row() {
            return String.format(Locale.ROOT, "%-13s not carried out: %s", scenario, reason);
        }

        @Override
        public String json() {
            return "{\"scenario\":" + quoted(scenario) + ",\"not_carried_out\":" + quoted(reason) + "}";
        }

        @Override
        public boolean lossless() {
            return true;
        }
    }

    /** A string of JSON. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
