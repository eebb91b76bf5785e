package org.millrace.topology.drill;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.topology.Json;

/**
 * How a scenario went.
 *
 * @param unmet what should hold and does not, for people
 */
record Result(Scenario scenario, Findings findings, List<String> unmet) implements Outcome {
    private static final String ROW = "%-13s %8s %7s %6s %9s %8s  %-20s %7s  %s";

    /** @param objections what was wrong that the stores cannot show */
    static Result of(Scenario scenario, Findings findings, List<String> objections) {
        List<String> unmet = Stream.concat(
                        scenario.demands().stream()
                                .filter(demand -> !demand.holds().test(findings))
                                .map(Scenario.Demand::text),
                        objections.stream())
                .toList();
        return new Result(scenario, findings, unmet);
    }

    /** The names of the columns of {@link #row()}. */
    static String head() {
        return String.format(
                        Locale.ROOT,
                        ROW,
                        "scenario",
                        "gap",
                        "late",
                        "lost",
                        "twice in",
                        "twice in",
                        "delivers to",
                        "whole",
                        "must show")
                + "\n"
                + String.format(
                        Locale.ROOT, ROW, "", "(ms)", "(>2 s)", "", "Kafka", "HDFS", "before, after", "(s)", "");
    }

    @Override
    public String row() {
        boolean steady = scenario.kind() != Scenario.Kind.OWN_FEED;
        return String.format(
                Locale.ROOT,
                ROW,
                scenario.name(),
                steady ? String.format(Locale.ROOT, "%,d", findings.gap().length()) : "-",
                steady ? String.format(Locale.ROOT, "%,d", findings.late()) : "-",
                findings.lost(),
                String.format(Locale.ROOT, "%,d", findings.duplicatedInKafka()),
                String.format(Locale.ROOT, "%,d", findings.duplicatedInHdfs()),
                route(findings.before()) + ", " + route(findings.after()),
                findings.wholeAfter()
                        .map(millis -> String.format(Locale.ROOT, "%.1f", millis / 1000.0))
                        .orElse("-"),
                unmet.isEmpty() ? "all shown" : "NOT SHOWN: " + String.join("; ", unmet));
    }

    /** One collector for all agents, or each agent's. */
    private static String route(Map<String, String> collectors) {
        long different = collectors.values().stream().distinct().count();
        return different == 1
                ? collectors.values().iterator().next()
                : collectors.values().stream()
                        .map(name -> name.replace("node", ""))
                        .collect(Collectors.joining("/"));
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = Json.object()
                .put("scenario", scenario.name())
                .put("lines", findings.lines())
                .put("gap_ms", findings.gap().length())
                .put("gap_from", findings.gap().from())
                .put("late", findings.late())
                .put("lost", findings.lost())
                .put("duplicated_in_kafka", findings.duplicatedInKafka())
                .put("duplicated_in_hdfs", findings.duplicatedInHdfs())
                .put("out_of_order", findings.outOfOrder());
        findings.before().forEach(json.putObject("before")::put);
        findings.meanwhile().forEach(json.putObject("meanwhile")::put);
        findings.after().forEach(json.putObject("after")::put);
        json.put("whole_after_ms", findings.wholeAfter().orElse(null));
        unmet.forEach(json.putArray("unmet")::add);
        return json;
    }

    @Override
    public boolean lossless() {
        return findings.lost() == 0;
    }
}
