package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapedTextTest {
    private static final ZonedDateTime SUNDAY_AFTERNOON =
            ZonedDateTime.of(2026, 3, 1, 15, 4, 9, 7_000_000, ZoneId.of("Europe/Berlin"));

    @ParameterizedTest
    @CsvSource({
        "%Y-%m-%d, 2026-03-01",
        "%y %n %e, 26 3 1",
        "%j, 060",
        "%H.%M.%S, 15.04.09",
        "%k %l %I %p, 15 3 03 PM",
        "%a %A, Sun Sunday",
        "%b %B, Mar March",
        "%D, 03/01/26",
        "%z, +0100",
        "%s, 1772373849",
        "%t, 1772373849007",
        "100%%, 100%",
        "%%Y, %Y",
        "%{app}-%{host.name}, shop-web1",
        "%[localhost]/%[IP]/%[FQDN], <localhost>/<IP>/<FQDN>",
        "plain, plain",
    })
    void shouldFillInEscapesAsFlumeDoes(String written, String expected) {
        EscapedText text = EscapedText.parse(written, what -> "<" + what + ">");

        Map<String, String> headers = Map.of("app", "shop", "host.name", "web1");
        assertThat(text.resolve(SUNDAY_AFTERNOON, headers::get)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%q", "%c", "%T", "%", "100%", "%{app", "%{}", "%[host]", "%[IP"})
    void shouldRefuseEscapesThatNobodyKnows(String written) {
        assertThatThrownBy(() -> EscapedText.parse(written, what -> what))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("escape")
                .hasMessageContaining(written.substring(written.indexOf('%')).trim());
    }

    @Test
    void shouldKnowWhatItDependsOn() {
        EscapedText text = EscapedText.parse("/a/%{app}/%Y/%{host}%{app}", what -> what);
        assertThat(text.headers()).containsExactly("app", "host");
        assertThat(text.hasTime()).isTrue();
        assertThat(text.hasMillis()).isFalse();
        assertThat(EscapedText.parse("%t", what -> what).hasMillis()).isTrue();
        assertThat(EscapedText.parse("/%%Y", what -> what).hasTime()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/logs/%Y/%m, /logs, 2",
        "/logs/app-%{app}/x, /logs, 2",
        "/logs/100%%/%Y, /logs/100%, 1",
        "/%Y, /, 1",
        "/logs/%D/x, /logs, 4",
        "/logs/all, /logs/all, 0",
        "/, /, 0",
    })
    void shouldKnowItsFixedPartAndItsDepth(String path, String base, int depth) {
        EscapedText text = EscapedText.parse(path, what -> what);

        assertThat(text.base()).isEqualTo(base);
        assertThat(text.namesBelowBase()).hasSize(depth);
    }

    @Test
    void shouldKnowWhatNamesBelowItsFixedPartLookLike() {
        var names = EscapedText.parse("/logs/app-%{app}.d/%Y", what -> what).namesBelowBase();

        assertThat("app-shop.d").matches(names.get(0));
        assertThat("app-shop-d").doesNotMatch(names.get(0));
        assertThat("2026").matches(names.get(1));
    }
}
