package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.sink.StoreHealth.Verdict;

class StoreHealthTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * What happens is written a letter each: {@code i} a look at an idle store, {@code w} one while
     * something waits, {@code s} one after something was stored; {@code ?} it is asked, {@code +} and {@code
     * -} it answers well or badly while it is idle, {@code p} and {@code m} while something waits.
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "nothing happens,                         iii,             FINE,    ''",
        "it was asked and may take a moment,      ii?i,            FINE,    ''",
        "it does not answer in time,              ii?ii,           SILENT,  the store does not answer",
        "it answers in time,                      ii?i+ii,         FINE,    ''",
        "it answers late,                         ii?iii+,         SILENT,  the store does not answer",
        "it answers late and then in time,        ii?iii+ii?+,     FINE,    ''",
        "it answers late again and again,         ii?iii+ii?iii+,  SILENT,  the store does not answer",
        "it says what is wrong,                   ii?-,            SILENT,  the store does not answer: no route",
        "it still is wrong while it is asked,     ii?-ii?ii,       SILENT,  the store does not answer: no route",
        "it is right again,                       ii?-ii?+ii?+,    FINE,    ''",
        "it is right once,                        ii?-ii?+,        SILENT,  the store does not answer",
        "it is right once and wrong again,        ii?-ii?+ii?-ii?+, SILENT, the store does not answer",
        "what waits for a silent one proves little, ii?-www,       SILENT,  the store does not answer: no route",
        "what is stored proves it,                ii?-wws,         FINE,    ''",
        "a bad answer proves nothing when it has work, ii?wwm,     FINE,    ''",
        "nor does a late one,                     ii?wwwww,        FINE,    ''",
        "a good answer does not mend a silence when it has work, ii?-ii?wp, SILENT, the store does not answer",
        "slow is not stalled,                     wwwwwwwwwswwwwwwwwws, FINE, ''",
        "it stalls,                               wwwwwwwwww,      STALLED, nothing stored for 10 s",
        "it stalls and says why,                  wwwwwwwwww?m,    STALLED, nothing stored for 10 s: no route",
        "it stalls and says that all is well,     wwwwwwwwww?p,    STALLED, nothing stored for 10 s",
        "it stalls after a silence,               ii?-wwwwwwwwww,  STALLED, nothing stored for 10 s: no route",
        "it moves again,                          wwwwwwwwww?ms,   FINE,    ''",
    })
    void shouldJudge(String what, String happens, Verdict verdict, String reason) {
        StoreHealth health = after(happens);

        assertThat(health.verdict()).isEqualTo(verdict);
        assertThat(health.reason()).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "it has just begun,               i,              false",
        "it is idle for long enough,      ii,             true",
        "it was asked already,            ii?iiiii,       false",
        "it has answered just now,        ii?+,           false",
        "it has answered before,          ii?+ii,         true",
        "it has just answered badly,      ii?-iiiiiiiii,  false",
        "it has answered badly before,    ii?-iiiiiiiiii, true",
        "it has just stored,              iis,            false",
        "it has work,                     wwww,           false",
        "it stalls,                       wwwwwwwwww,     true",
        "it stalls and the reason is known, wwwwwwwwww?mww, false",
    })
    void shouldAskWhenItKnowsNothing(String what, String happens, boolean wants) {
        assertThat(after(happens).wantsAnswer(happens.endsWith("w") ? 3 : 0)).isEqualTo(wants);
    }

    @Test
    void shouldTellWithinFewSecondsThatAnIdleStoreIsAway() {
        StoreHealth health = StoreHealth.START.answered("", 0);
        int looks = 0;
        while (health.verdict() == Verdict.FINE) {
            health = health.look(0, 0, SECOND);
            health = health.wantsAnswer(0) ? health.asked() : health;
            looks++;
        }
        assertThat(SECOND.multipliedBy(looks))
                .as("a collector that uses the same store must not call itself stalled before")
                .isLessThan(StallWatch.LIMIT.dividedBy(2));
    }

    private static StoreHealth after(String happens) {
        StoreHealth health = StoreHealth.START;
        long stored = 0;
        for (int i = 0; i < happens.length(); i++) {
            health = switch (happens.charAt(i)) {
                case 'i' -> health.look(stored, 0, SECOND);
                case 'w' -> health.look(stored, 3, SECOND);
                case 's' -> health.look(++stored, 3, SECOND);
                case '?' -> health.asked();
                case '+' -> health.answered("", 0);
                case '-' -> health.answered("no route", 0);
                case 'p' -> health.answered("", 3);
                case 'm' -> health.answered("no route", 3);
                default -> throw new IllegalArgumentException(happens);
            };
        }
        return health;
    }
}
