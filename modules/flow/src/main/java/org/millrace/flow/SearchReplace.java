package org.millrace.flow;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Replaces what a regular expression finds in the body, every time it is found, as Flume's interceptor
 * {@code search_replace} does. Bytes beside it stay as they are, even where they are no text.
 *
 * @param replacement as {@link Matcher#replaceAll(String)} has it: {@code $1} is the first group
 */
record SearchReplace(Pattern pattern, String replacement, Charset charset) implements Interceptor {
    static SearchReplace from(ConfigSection section) {
        Pattern pattern = section.pattern("search-pattern");
        if (section.has("search-pattern") && pattern.pattern().isEmpty()) {
            section.problem("search-pattern", "must not be empty");
        }
        String replacement = section.optionalString("replace-string").orElse("");
        checkReplacement(section, pattern, replacement);
        return new SearchReplace(pattern, replacement, charset(section));
    }

    /** An empty alternative before the pattern is found in any text, and leaves its groups as they are. */
    private static void checkReplacement(ConfigSection section, Pattern pattern, String replacement) {
        try {
            Pattern.compile("|" + pattern.pattern()).matcher("").replaceAll(replacement);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            section.problem("replace-string", "'" + replacement + "' does not fit search-pattern: " + e.getMessage());
        }
    }

    private static Charset charset(ConfigSection section) {
        String written = section.string("charset");
        try {
            return Charset.forName(written);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            section.problem("charset", "'" + written + "' is no charset that this Java has; write such as UTF-8");
        } catch (IllegalArgumentException e) {
            section.problem("charset", "'" + written + "' is no charset");
        }
        return StandardCharsets.UTF_8;
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        RegexRun run = new RegexRun(tally);
        Growth growth = new Growth(batch, tally);
        Map<Integer, byte[]> changed = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            String body = BodyText.of(batch, i, charset);
            Optional<String> replaced = run.on(pattern, body, this::replaceAll);
            if (replaced.isPresent() && !replaced.get().equals(body)) {
                byte[] bytes = BodyText.bytes(replaced.get(), charset);
                if (growth.allows(Math.max(0, bytes.length - batch.bodyLength(i)))) {
                    changed.put(i, bytes);
                }
            }
        }
        return Optional.of(batch.withBodies(changed));
    }

    /** Ends early where the text has grown by more than a body may; it is not used then. */
    private String replaceAll(Matcher matcher) {
        StringBuilder out = new StringBuilder();
        while (matcher.find() && out.length() <= matcher.regionEnd() + Growth.LIMIT) {
            matcher.appendReplacement(out, replacement);
        }
        return matcher.appendTail(out).toString();
    }
}
