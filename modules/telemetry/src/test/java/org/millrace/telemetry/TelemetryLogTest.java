package org.millrace.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TelemetryLogTest {
    private final Telemetry telemetry = Telemetry.inMemory();
    private final List<String> logged = new ArrayList<>();
    private final TelemetryLog log = new TelemetryLog(telemetry, logged::add);

    @Test
    void shouldLogOnlyPartsThatChanged() {
        telemetry.part("source", "s").counter("events").increment();
        telemetry.part("sink", "k").counter("events").increment();
        log.run();
        assertThat(logged).containsExactly("sink k: events=1", "source s: events=1");

        logged.clear();
        log.run();
        assertThat(logged).isEmpty();

        telemetry.part("sink", "k").counter("events").increment();
        log.run();
        assertThat(logged).containsExactly("sink k: events=2");
    }

    @Test
    void shouldLogAPartAgainThatWentBackToAnEarlierValue() {
        int[] depth = {1};
        telemetry.part("channel", "c").gauge("depth", () -> depth[0]);
        log.run();
        depth[0] = 2;
        log.run();
        depth[0] = 1;
        log.run();

        assertThat(logged).containsExactly("channel c: depth=1", "channel c: depth=2", "channel c: depth=1");
    }

    @Test
    void shouldLogEverythingAtTheEnd() {
        telemetry.part("source", "s").counter("events").increment();
        log.run();
        log.logAll();

        assertThat(logged).containsExactly("source s: events=1", "source s: events=1");
    }

    @Test
    void shouldGoToTheLogAtInfo() {
        Logger logger = (Logger) LoggerFactory.getLogger(TelemetryLog.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            telemetry.part("source", "s").counter("events").increment();
            new TelemetryLog(telemetry).run();
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(appender.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.INFO);
            assertThat(event.getFormattedMessage()).isEqualTo("source s: events=1");
        });
    }
}
