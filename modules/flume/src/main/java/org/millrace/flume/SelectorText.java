package org.millrace.flume;

import java.util.Map;
import java.util.Optional;

/** The selector of a Flume source as the section {@code selector}. */
final class SelectorText {
    private SelectorText() {}

    /** Takes the selector out of a source's properties and writes it; nothing where there is none. */
    static void write(Part source, HoconText out) {
        Part written = source.takeBelow("selector");
        if (written.isEmpty()) {
            return;
        }
        written.as(Census.Kind.SELECTOR, "replicating").ifPresent(selector -> {
            out.open("selector", selector.where());
            out.put("type", selector.type().name().replace('_', '-'), selector.where());
            switch (selector.type().name()) {
                case "replicating" -> selector.find("optional").ifPresent(found -> channels("optional", found, out));
                case "multiplexing" -> multiplexing(selector, out);
                // Its policy needs no key: either spreads events evenly.
                default -> {}
            }
            selector.finish();
            out.close();
        });
    }

    private static void multiplexing(Component selector, HoconText out) {
        new Mapping(selector, out).text("header", "header");
        values("mapping", selector.below("mapping."), out);
        Optional<Property> otherwise = selector.find("default");
        if (otherwise.isEmpty()) {
            out.comment("As in Flume's file: an event whose value is not listed goes nowhere. It is counted.");
            out.put("default", "[]", selector.where());
            selector.findings()
                    .notice(new Notice(
                            selector.where(),
                            selector.path() + ".default",
                            "",
                            "no channel",
                            "events whose value is not listed go nowhere, in Flume without a word; they are counted"
                                    + " here. Name a channel to keep them"));
        }
        otherwise.ifPresent(found -> channels("default", found, out));
        values("optional", selector.below("optional."), out);
    }

    private static void values(String key, Map<String, Property> byValue, HoconText out) {
        if (!byValue.isEmpty()) {
            Property first = byValue.values().iterator().next();
            out.open(key, first.where());
            byValue.forEach((value, found) ->
                    out.line(HoconText.quoted(value) + " = " + HoconText.quoted(found.words()), found.where()));
            out.close();
        }
    }

    private static void channels(String key, Property found, HoconText out) {
        out.put(key, HoconText.quoted(found.words()), found.where());
    }
}
