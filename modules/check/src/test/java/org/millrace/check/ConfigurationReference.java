package org.millrace.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/configuration.md}, made of the {@code reference.conf} of each module. */
final class ConfigurationReference {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern MODULE = Pattern.compile("<module>(.+)</module>");

    private ConfigurationReference() {}

    /** The files, by their module, in the order of the build. */
    static Map<String, ReferenceText> files() throws IOException {
        Map<String, ReferenceText> files = new LinkedHashMap<>();
        Matcher module = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (module.find()) {
            Path file = ROOT.resolve(module.group(1)).resolve("src/main/resources/reference.conf");
            if (Files.exists(file)) {
                files.put(module.group(1), new ReferenceText(Files.readString(file)));
            }
        }
        return files;
    }

    /** The whole page. */
    static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # All keys

                Made of the `reference.conf` of each module by `ConfigurationReferenceTest`, which also proves that
                each key is read and that each key that is read stands here. A node's file sets what it needs; the
                rest is as below. `bin/millrace check --config FILE` says what is wrong with one.
                """);
        files().forEach((module, text) -> module(module, text, page));
        return page.toString();
    }

    private static void module(String module, ReferenceText text, StringBuilder page) {
        List<ReferenceText.Entry> entries = text.entries().stream()
                .filter(entry -> !entry.path().startsWith("pekko"))
                .toList();
        page.append("\n## ").append(module).append('\n');
        prose(text.introduction(), page);
        for (ReferenceText.Entry entry : entries) {
            switch (entry.kind()) {
                case SECTION -> page.append("\n### `").append(entry.path()).append("`\n");
                case DEFAULT ->
                    page.append("\n**`")
                            .append(entry.path())
                            .append("`** = `")
                            .append(entry.value())
                            .append("`\n");
                case NO_DEFAULT ->
                    page.append("\n**`")
                            .append(entry.path())
                            .append("`** (no default")
                            .append(entry.value().isEmpty() ? "" : "; such as `" + entry.value() + "`")
                            .append(")\n");
            }
            prose(entry.comment(), page);
        }
    }

    /** Comments as paragraphs; what is set off by blanks stays as it is. */
    private static void prose(List<String> lines, StringBuilder page) {
        List<String> block = new ArrayList<>();
        boolean wasIndented = false;
        for (String line : lines) {
            boolean indented = line.startsWith(" ");
            if (indented != wasIndented || line.isEmpty()) {
                flush(block, wasIndented, page);
            }
            if (!line.isEmpty()) {
                block.add(line);
                wasIndented = indented;
            }
        }
        flush(block, wasIndented, page);
    }

    private static void flush(List<String> block, boolean indented, StringBuilder page) {
        if (!block.isEmpty()) {
            page.append(indented ? "\n```\n" : "\n");
            block.forEach(line -> page.append(indented ? line : line.strip()).append('\n'));
            page.append(indented ? "```\n" : "");
            block.clear();
        }
    }
}
