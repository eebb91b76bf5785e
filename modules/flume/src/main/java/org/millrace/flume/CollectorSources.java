package org.millrace.flume;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The Avro sources of a collector, and the way that all their events go: agents of Millrace deliver over
 * the cluster, and what they deliver must go the same way, whichever port they had in Flume's file.
 */
final class CollectorSources {
    /**
     * Where the events of a source go.
     *
     * @param text its interceptors and its selector
     */
    private record Flow(Part source, Optional<Property> channels, HoconText text) {
        Set<String> names() {
            return new LinkedHashSet<>(channels.map(Property::words).orElse(List.of()));
        }

        boolean isSameAs(Flow other) {
            return names().equals(other.names())
                    && text.lines().stream()
                            .map(HoconText.Line::text)
                            .toList()
                            .equals(other.text.lines().stream()
                                    .map(HoconText.Line::text)
                                    .toList());
        }
    }

    private final FlumeAgent agent;
    private final Findings findings;
    private final HoconText out;

    CollectorSources(FlumeAgent agent, HoconText out) {
        this.agent = agent;
        this.findings = agent.findings();
        this.out = out;
    }

    /** Writes what is done to all events, and the section {@code sources}. */
    void write(List<Part> sources, Hosts hosts) {
        List<Flow> flows = sources.stream().map(this::flow).toList();
        if (flows.isEmpty()) {
            return;
        }
        Flow first = flows.get(0);
        out.add(first.text());
        flows.stream()
                .filter(flow -> !flow.names().isEmpty() && !flow.isSameAs(first))
                .forEach(flow -> findings.problem(
                        flow.source().where(),
                        flow.source().path(),
                        "has other channels, interceptors or another selector than "
                                + first.source().path()
                                + ": not supported yet, since agents of Millrace deliver over the cluster and to no"
                                + " source's port"));
        refuseUnfed(flows);
        HoconText section = new HoconText();
        flows.forEach(flow -> source(flow, hosts, section));
        if (!section.lines().isEmpty()) {
            out.open("sources", first.source().where());
            out.comment("Flume's own agents and clients still deliver here; Millrace's agents do without.");
            out.add(section);
            out.close();
        }
    }

    private Flow flow(Part source) {
        Flow flow = new Flow(source, source.take("channels"), new HoconText());
        if (flow.names().isEmpty()) {
            findings.problem(source.where(), source.path() + ".channels", "is missing");
        }
        for (String channel : flow.names()) {
            if (!agent.names("channels").contains(channel)) {
                findings.problem(flow.channels().get(), agent.noChannel(channel));
            }
        }
        Interceptors.write(source, findings, flow.text());
        SelectorText.write(source, flow.text());
        return flow;
    }

    private void refuseUnfed(List<Flow> flows) {
        for (Part channel : agent.parts("channels")) {
            if (flows.stream().noneMatch(flow -> flow.names().contains(channel.name()))) {
                findings.problem(channel.where(), channel.path(), "no source puts events into this channel");
            }
        }
    }

    private void source(Flow flow, Hosts hosts, HoconText section) {
        flow.source().as(Census.Kind.SOURCE, null).ifPresent(component -> {
            if (!component.type().name().equals("avro")) {
                findings.problem(
                        component.where(),
                        component.path() + ".type",
                        "'" + component.type().name()
                                + "' on a collector is not supported yet; its sources are Avro sources");
                return;
            }
            section.open(component.name(), component.where());
            AvroSource.write(component, hosts, section);
            flow.channels().ifPresent(found -> section.put("channels", HoconText.quoted(found.words()), found.where()));
            section.add(flow.text());
            section.close();
        });
    }
}
