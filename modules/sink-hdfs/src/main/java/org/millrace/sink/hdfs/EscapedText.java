package org.millrace.sink.hdfs;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A path or prefix with Flume's escapes: {@code %Y} and its like for the time, {@code %{name}} for a
 * header, {@code %[localhost]}, {@code %[IP]} and {@code %[FQDN]} for this host, {@code %%} for a
 * percent sign. Flume replaces an escape that it does not know by nothing; here it is a mistake.
 *
 * <p>Names of days and months are English wherever the program runs. Immutable.
 */
final class EscapedText {
    /** Stands for what an escape may become, where only the shape of the text matters. */
    private static final char ANYTHING = '\0';

    /** The escapes that a date pattern renders. */
    private static final Map<Character, String> DATE_PATTERNS = Map.ofEntries(
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('d', "dd"),
            Map.entry('D', "MM/dd/yy"),
            Map.entry('e', "d"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('j', "DDD"),
            Map.entry('k', "H"),
            Map.entry('l', "h"),
            Map.entry('m', "MM"),
            Map.entry('M', "mm"),
            Map.entry('n', "M"),
            Map.entry('p', "a"),
            Map.entry('S', "ss"),
            Map.entry('y', "uu"),
            Map.entry('Y', "uuuu"),
            Map.entry('z', "xx"));

    private static final String KNOWN = new TreeMap<>(DATE_PATTERNS)
                    .keySet().stream().map(letter -> "%" + letter).collect(Collectors.joining(" "))
            + " %s %t %% %{header} %[localhost] %[IP] %[FQDN]";

    private sealed interface Part {}

    private record Literal(String text) implements Part {}

    private record Date(char letter, DateTimeFormatter format) implements Part {}

    private record Epoch(boolean millis) implements Part {}

    private record Header(String name) implements Part {}

    private record Host(String value) implements Part {}

    private final List<Part> parts;

    private EscapedText(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Reads a text with escapes.
     *
     * @param host gives the value of {@code localhost}, {@code IP} and {@code FQDN}; asked only for
     *     what the text uses
     * @throws IllegalArgumentException with a message for the user when an escape is not known
     */
    static EscapedText parse(String text, UnaryOperator<String> host) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            if (c != '%') {
                literal.append(c);
                at++;
            } else if (next == '%') {
                literal.append('%');
                at += 2;
            } else {
                int end = endOfEscape(text, at, next);
                addLiteral(parts, literal);
                parts.add(escape(text.substring(at, end), next, host));
                at = end;
            }
        }
        addLiteral(parts, literal);
        return new EscapedText(parts);
    }

    private static int endOfEscape(String text, int at, char next) {
        if (next != '{' && next != '[') {
            return at + 2;
        }
        int close = text.indexOf(next == '{' ? '}' : ']', at);
        if (close < 0) {
            throw new IllegalArgumentException("has an escape that is not closed: " + text.substring(at));
        }
        return close + 1;
    }

    private static void addLiteral(List<Part> parts, StringBuilder literal) {
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Part escape(String written, char letter, UnaryOperator<String> host) {
        if (letter == '{' && written.length() > 3) {
            return new Header(written.substring(2, written.length() - 1));
        }
        if (letter == '[' && List.of("%[localhost]", "%[IP]", "%[FQDN]").contains(written)) {
            return new Host(host.apply(written.substring(2, written.length() - 1)));
        }
        if (letter == 's' || letter == 't') {
            return new Epoch(letter == 't');
        }
        if (letter == 'c') {
            throw new IllegalArgumentException(
                    "has the escape '" + written + "', whose colons HDFS does not allow in names");
        }
        String pattern = DATE_PATTERNS.get(letter);
        if (pattern == null) {
            throw new IllegalArgumentException("has the unknown escape '" + written.trim() + "'; known are " + KNOWN);
        }
        return new Date(letter, DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }

    /** Whether the result depends on the time. */
    boolean hasTime() {
        return parts.stream().anyMatch(part -> part instanceof Date || part instanceof Epoch);
    }

    /** Whether two times in the same second may have different results. */
    boolean hasMillis() {
        return parts.stream().anyMatch(part -> part instanceof Epoch epoch && epoch.millis());
    }

    /** The headers it needs, in the order of appearance. */
    List<String> headers() {
        return parts.stream()
                .filter(Header.class::isInstance)
                .map(part -> ((Header) part).name())
                .distinct()
                .toList();
    }

    /** Fills in the escapes; {@code header} gives the value of a header. */
    String resolve(ZonedDateTime time, Function<String, String> header) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Literal literal) {
                text.append(literal.text());
            } else if (part instanceof Date date) {
                date.format().formatTo(time, text);
            } else if (part instanceof Epoch epoch) {
                text.append(epoch.millis() ? time.toInstant().toEpochMilli() : time.toEpochSecond());
            } else if (part instanceof Header needed) {
                text.append(header.apply(needed.name()));
            } else if (part instanceof Host host) {
                text.append(host.value());
            }
        }
        return text.toString();
    }

    /** For an absolute path: the deepest directory that is the same whatever the escapes become. */
    String base() {
        String text = shape(ANYTHING);
        int escape = text.indexOf(ANYTHING);
        return escape < 0 ? text : text.substring(0, Math.max(1, text.lastIndexOf('/', escape)));
    }

    /** The text with every escape other than {@code %%} replaced by {@code filler}, slashes of {@code %D} kept. */
    String shape(char filler) {
        StringBuilder shape = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Literal literal) {
                shape.append(literal.text());
            } else if (part instanceof Date date && date.letter() == 'D') {
                shape.append(filler).append('/').append(filler).append('/').append(filler);
            } else {
                shape.append(filler);
            }
        }
        return shape.toString();
    }

    /** For an absolute path: what each of the names below {@link #base()} looks like. */
    List<Pattern> namesBelowBase() {
        List<Pattern> names = new ArrayList<>();
        for (String name : shape(ANYTHING).substring(base().length()).split("/", -1)) {
            if (!name.isEmpty()) {
                String regex = name.chars()
                        .mapToObj(c -> c == ANYTHING ? ".+" : Pattern.quote(Character.toString(c)))
                        .collect(Collectors.joining());
                names.add(Pattern.compile(regex));
            }
        }
        return names;
    }
}
