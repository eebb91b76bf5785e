package org.millrace.flow;

import java.util.List;

/**
 * Into which channels a batch goes.
 *
 * @param required it counts as committed when all of these have committed it
 * @param optional it is put into these where they have room; nobody waits for them
 */
public record Selection(List<String> required, List<String> optional) {
    public Selection {
        required = List.copyOf(required);
        optional = List.copyOf(optional);
    }
}
