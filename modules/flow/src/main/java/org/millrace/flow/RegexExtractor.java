package org.millrace.flow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Makes headers of what the groups of a regular expression find in the body, as Flume's interceptor
 * {@code regex_extractor} does: the first serializer takes the first group, and so on. A group that
 * takes no part in the match gives no header, nor does one that its serializer cannot read.
 */
record RegexExtractor(Pattern regex, List<GroupHeader> headers) implements Interceptor {
    static RegexExtractor from(ConfigSection section) {
        Pattern regex = section.pattern("regex");
        List<GroupHeader> headers = new ArrayList<>();
        for (ConfigSection serializer : section.sectionList("serializers")) {
            headers.add(GroupHeader.from(serializer));
        }
        int groups = regex.matcher("").groupCount();
        if (headers.isEmpty()) {
            section.problem("serializers", "needs one { name = ... } for each group of regex, in their order");
        } else if (headers.size() > groups && section.has("regex")) {
            section.problem("serializers", "are " + headers.size() + "; groups in brackets that regex has: " + groups);
        }
        return new RegexExtractor(regex, headers);
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        RegexRun run = new RegexRun(tally);
        Growth growth = new Growth(batch, tally);
        Map<Integer, Map<String, String>> added = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            String body = batch.bodyText(i, StandardCharsets.UTF_8);
            Map<String, String> found =
                    run.on(regex, body, matcher -> headers(matcher, tally)).orElse(Map.of());
            if (!found.isEmpty() && growth.allows(Growth.bytes(found))) {
                added.put(i, found);
            }
        }
        return Optional.of(batch.withOwnHeaders(added));
    }

    private Map<String, String> headers(Matcher matcher, Tally tally) {
        Map<String, String> found = new HashMap<>();
        if (matcher.find()) {
            for (int i = 0; i < headers.size(); i++) {
                String name = headers.get(i).name();
                Optional<String> group = Optional.ofNullable(matcher.group(i + 1));
                group.flatMap(headers.get(i).serializer()::serialize)
                        .ifPresentOrElse(value -> found.put(name, value), () -> {
                            if (group.isPresent()) {
                                tally.unchanged("no-date", 1);
                            }
                        });
            }
        }
        return found;
    }
}
