package org.millrace.flow;

import java.util.List;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Says into which channels a batch goes. A pure function. */
@FunctionalInterface
public interface Selector {
    /** The kinds that a configuration can name. */
    enum Type {
        REPLICATING
    }

    /** The channels of {@code batch}. */
    Selection select(EventBatch batch);

    /** Every batch into every one of {@code channels}, as Flume's selector {@code replicating} does. */
    static Selector replicating(List<String> channels) {
        Selection all = new Selection(channels, List.of());
        return batch -> all;
    }

    /**
     * Reads {@code selector { type = replicating }} of a source's or a collector's section; that is also
     * what holds where there is none.
     *
     * @param channels what the batches may go into
     */
    static Selector from(ConfigSection section, List<String> channels) {
        if (section.has("selector")) {
            ConfigSection selector = section.section("selector");
            // One kind for now; the type is read so that a wrong one is named.
            selector.oneOf("type", Type.class);
            selector.rejectUnknownKeys();
        }
        return replicating(channels);
    }
}
