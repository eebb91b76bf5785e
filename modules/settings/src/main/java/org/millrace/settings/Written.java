package org.millrace.settings;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Values as they were written. */
final class Written {
    private Written() {}

    /** A single value as text, {@code 1.10} as 1.10; nothing for a list or an object. */
    static Optional<String> text(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> Optional.of(value.atKey("it").getString("it"));
            case LIST, OBJECT, NULL -> Optional.empty();
        };
    }

    /** As {@link #text}; a list of single values is its items with commas between them. */
    static Optional<String> joined(ConfigValue value) {
        if (!(value instanceof ConfigList list)) {
            return text(value);
        }
        List<String> items = new ArrayList<>();
        for (ConfigValue item : list) {
            text(item).ifPresent(items::add);
        }
        return items.size() == list.size() ? Optional.of(String.join(",", items)) : Optional.empty();
    }

    /** Any value on one line, for a message. */
    static String shown(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }
}
