package org.millrace.flume;

import java.util.Locale;

/** What an agent of a Flume file is in Millrace. */
public enum FlumeKind {
    /** It reads sources and delivers to collectors through Avro sinks. */
    AGENT,
    /** It receives through an Avro source and stores. */
    COLLECTOR;

    /** The word that commands and configurations have for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What has an Avro source is a collector. */
    static FlumeKind of(FlumeAgent agent) {
        boolean receives = agent.parts("sources").stream()
                .flatMap(part -> part.peek("type").stream())
                .flatMap(type -> Census.find(Census.Kind.SOURCE, type.value()).stream())
                .anyMatch(type -> type.name().equals("avro"));
        return receives ? COLLECTOR : AGENT;
    }
}
