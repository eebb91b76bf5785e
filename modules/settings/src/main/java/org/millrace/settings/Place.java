package org.millrace.settings;

import com.typesafe.config.ConfigOrigin;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Says where something in a configuration was written, as a user finds it. The configuration library
 * only describes it: {@code a.conf: 3}, {@code reference.conf @ file:/x/reference.conf: 7}, {@code
 * system properties}, {@code env variables}, and for what was put together of several, {@code merge of
 * a.conf: 3,b.conf: 5}, the one that counts most first.
 */
final class Place {
    private static final String MERGED = "merge of ";
    private static final Pattern RESOURCE = Pattern.compile("(.*?) @ .*?(: \\d+(-\\d+)?)?");

    private Place() {}

    /** Where a value was written; all places, where substitutions put it together of several. */
    static String ofValue(ConfigOrigin origin) {
        return String.join(" and ", places(origin).distinct().toList());
    }

    /** Where a section was written: in the user's file rather than in what was merged with it. */
    static String ofSection(ConfigOrigin origin) {
        List<String> places = places(origin).toList();
        return places.stream().filter(Place::isFile).findFirst().orElse(places.get(0));
    }

    private static boolean isFile(String place) {
        return place.matches(".*: \\d+(-\\d+)?") && !place.startsWith("reference.conf:");
    }

    private static Stream<String> places(ConfigOrigin origin) {
        String description = origin.description();
        Stream<String> parts = description.startsWith(MERGED)
                ? Stream.of(description.substring(MERGED.length()).split(",", -1))
                : Stream.of(description);
        return parts.map(Place::shortened);
    }

    private static String shortened(String part) {
        if (part.equals("env variables")) {
            return "environment variables";
        }
        Matcher resource = RESOURCE.matcher(part);
        if (resource.matches()) {
            return resource.group(1) + (resource.group(2) == null ? "" : resource.group(2));
        }
        return part;
    }
}
