package org.millrace.source.spool;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the source logs while this is open. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    static LogLines capture() {
        LogLines lines = new LogLines();
        lines.start();
        logger().addAppender(lines);
        return lines;
    }

    /** Error lines so far; each is one line without a stack trace, or this fails. */
    List<String> errors() {
        return lines(Level.ERROR);
    }

    /** Warnings, likewise. */
    List<String> warnings() {
        return lines(Level.WARN);
    }

    private List<String> lines(Level level) {
        return events.stream()
                .filter(event -> event.getLevel() == level)
                .map(LogLines::oneLine)
                .toList();
    }

    /** The threads that logged so far. */
    List<String> threads() {
        return events.stream().map(ILoggingEvent::getThreadName).toList();
    }

    @Override
    public void close() {
        logger().detachAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        events.add(event);
    }

    private static String oneLine(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        if (message.contains("\n") || event.getThrowableProxy() != null) {
            throw new AssertionError("more than one line: " + message);
        }
        return message;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SpoolDirectorySource.class);
    }
}
