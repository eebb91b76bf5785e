package org.millrace.flow;

import java.util.Map;
import org.millrace.event.EventBatch;

/**
 * Which events of a batch go into which channels: one part of the batch for each channel, in which its
 * events keep their order and their positions.
 *
 * @param required the batch counts as committed when each of these channels has committed its part
 * @param optional parts that are put where there is room at once; nobody waits for them
 * @param nowhere how many events go into no channel at all
 */
public record Selection(Map<String, EventBatch> required, Map<String, EventBatch> optional, int nowhere) {
    public Selection {
        required = Map.copyOf(required);
        optional = Map.copyOf(optional);
    }

    /** Nothing into no channel, as of a batch of which nothing is left. */
    public static final Selection NONE = new Selection(Map.of(), Map.of(), 0);
}
