package org.millrace.flow;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;
import org.millrace.settings.ConfigSection;

/**
 * Reads a date and makes milliseconds since 1970 of it, as Flume's {@code
 * RegexExtractorInterceptorMillisSerializer} does. What the pattern does not tell is that of the
 * first of January 1970, midnight, as there.
 *
 * @param zone where the pattern does not tell one
 */
record MillisSerializer(DateTimeFormatter pattern, ZoneId zone) implements GroupHeader.Serializer {
    static MillisSerializer from(ConfigSection section) {
        return new MillisSerializer(pattern(section), zone(section));
    }

    private static DateTimeFormatter pattern(ConfigSection section) {
        String written = section.string("pattern");
        try {
            // Names of months are English in logs, whatever the language of the host.
            return DateTimeFormatter.ofPattern(written, Locale.ENGLISH);
        } catch (IllegalArgumentException e) {
            section.problem("pattern", "'" + written + "' is no date pattern: " + e.getMessage());
            return DateTimeFormatter.ISO_INSTANT;
        }
    }

    private static ZoneId zone(ConfigSection section) {
        String written = section.optionalString("time-zone").orElse("system");
        try {
            return written.equals("system") ? ZoneId.systemDefault() : ZoneId.of(written);
        } catch (DateTimeException e) {
            section.problem(
                    "time-zone", "'" + written + "' is no time zone; write such as Europe/Berlin, UTC or system");
            return ZoneId.systemDefault();
        }
    }

    @Override
    public Optional<String> serialize(String group) {
        try {
            return Optional.of(Long.toString(instant(pattern.parse(group)).toEpochMilli()));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private Instant instant(TemporalAccessor parsed) {
        if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(parsed);
        }
        ZoneId told = parsed.query(TemporalQueries.zone());
        return ZonedDateTime.of(date(parsed), time(parsed), told == null ? zone : told)
                .toInstant();
    }

    private static LocalDate date(TemporalAccessor parsed) {
        LocalDate whole = parsed.query(TemporalQueries.localDate());
        if (whole != null) {
            return whole;
        }
        ChronoField year = parsed.isSupported(ChronoField.YEAR) ? ChronoField.YEAR : ChronoField.YEAR_OF_ERA;
        return LocalDate.of(
                field(parsed, year, 1970),
                field(parsed, ChronoField.MONTH_OF_YEAR, 1),
                field(parsed, ChronoField.DAY_OF_MONTH, 1));
    }

    private static LocalTime time(TemporalAccessor parsed) {
        LocalTime whole = parsed.query(TemporalQueries.localTime());
        return whole != null
                ? whole
                : LocalTime.of(
                        field(parsed, ChronoField.HOUR_OF_DAY, 0),
                        field(parsed, ChronoField.MINUTE_OF_HOUR, 0),
                        field(parsed, ChronoField.SECOND_OF_MINUTE, 0),
                        field(parsed, ChronoField.NANO_OF_SECOND, 0));
    }

    private static int field(TemporalAccessor parsed, ChronoField field, int absent) {
        return parsed.isSupported(field) ? parsed.get(field) : absent;
    }
}
