package org.millrace.topology.drill;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.millrace.topology.Json;

/** What a drill has to tell of a scenario. */
sealed interface Outcome permits Result, Outcome.NotCarriedOut {
    /** A row of the table. */
    String row();

    /** A JSON object. */
    ObjectNode json();

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
        public ObjectNode json() {
            return Json.object().put("scenario", scenario).put("not_carried_out", reason);
        }

        @Override
        public boolean lossless() {
            return true;
        }
    }
}
