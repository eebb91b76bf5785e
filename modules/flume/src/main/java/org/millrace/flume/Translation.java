package org.millrace.flume;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.settings.ConfigProblem;

/**
 * One agent of a Flume file as a configuration of Millrace, as text to keep and as a value whose keys
 * know the lines of the Flume file that they come from.
 */
public final class Translation {
    private static final Pattern LINE = Pattern.compile(": (\\d+)$");

    private final String file;
    private final FlumeKind kind;
    private final List<HoconText.Line> lines;
    private final Findings findings;

    private Translation(String file, FlumeKind kind, List<HoconText.Line> lines, Findings findings) {
        this.file = file;
        this.kind = kind;
        this.lines = lines;
        this.findings = findings;
    }

    /**
     * Translates the agent called {@code name}. Never fails: what is wrong stands in {@link #problems()},
     * and the result must not be used then.
     *
     * @param wanted what it is to be; nothing for what its sources say
     */
    public static Translation of(
            Path path, String name, Optional<FlumeKind> wanted, NodeOptions options, Surroundings surroundings) {
        Findings findings = new Findings();
        FlumeFile file = FlumeFile.read(path, findings);
        Substitution substitution = new Substitution(surroundings.environment(), surroundings.system());
        FlumeAgent agent = FlumeAgent.of(file, name, file.agent(name, substitution, findings), findings);
        FlumeKind kind = wanted.orElseGet(() -> FlumeKind.of(agent));
        Hosts hosts = Hosts.read(options.hosts(), findings);
        HoconText out = new HoconText();
        if (file.agents().contains(name)) {
            out.comment("The " + kind.word() + " " + name + " of Flume's " + path.getFileName()
                    + ", as millrace import wrote it. The keys are explained in docs/configuration.md.");
            out.open("millrace", "");
            if (kind == FlumeKind.AGENT) {
                new AgentText(agent, out)
                        .write(options, hosts, surroundings.localHost().get());
            } else {
                List<CollectorTiers.Collector> known = options.agentConf()
                        .map(agents -> collectors(agents, substitution, findings))
                        .orElse(List.of());
                new CollectorText(agent, out)
                        .write(options, hosts, known, surroundings.localHost().get());
            }
            out.close();
        }
        return new Translation(file.name(), kind, out.lines(), findings);
    }

    /** What the agents' file says about collectors; its other mistakes are not this node's. */
    private static List<CollectorTiers.Collector> collectors(Path path, Substitution substitution, Findings findings) {
        Findings aside = new Findings();
        FlumeFile file = FlumeFile.read(path, aside);
        if (file.agents().isEmpty()) {
            aside.problems().found().stream()
                    .findFirst()
                    .ifPresentOrElse(
                            problem -> findings.problem(problem.where(), "--agent-conf", problem.message()),
                            () -> findings.problem(path.toString(), "--agent-conf", "there is no agent in it"));
        }
        Map<String, CollectorTiers.Collector> byHost = new LinkedHashMap<>();
        for (String name : file.agents()) {
            FlumeAgent agent = FlumeAgent.of(file, name, file.agent(name, substitution, aside), aside);
            for (CollectorTiers.Collector collector : CollectorTiers.of(agent)) {
                CollectorTiers.Collector other = byHost.putIfAbsent(collector.host(), collector);
                if (other != null && other.priority() != collector.priority()) {
                    findings.notice(
                            collector.hostname(),
                            "priority " + other.priority() + ", as in line "
                                    + other.hostname().line(),
                            "its priority is " + collector.priority() + " here; the agents of Flume's files go by"
                                    + " their own, and --priority sets another for those that do not");
                }
            }
        }
        return List.copyOf(byHost.values());
    }

    /** What the agent is. */
    public FlumeKind kind() {
        return kind;
    }

    /** HOCON with comments. */
    public String text() {
        return lines.stream().map(HoconText.Line::text).collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * What was not taken as it was written, in the order of the lines; what no line says comes last. Who
     * reads the settings hears the rest from them.
     */
    public List<Notice> notices() {
        return inOrder(findings.notices().stream());
    }

    /** The same for who only keeps the text. */
    public List<Notice> noticesOfImport() {
        return inOrder(Stream.concat(findings.notices().stream(), findings.noticesOfImport().stream()));
    }

    private static List<Notice> inOrder(Stream<Notice> notices) {
        return notices.sorted(Comparator.comparingInt(notice -> lineOf(notice.where())))
                .toList();
    }

    private static int lineOf(String where) {
        Matcher matcher = LINE.matcher(where);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
    }

    /** What keeps it from being used. */
    public List<ConfigProblem> problems() {
        return findings.problems().found();
    }

    /** The same as {@link #text()}, without the modules' defaults. */
    public Config config() {
        return ((ConfigObject) placed(ConfigFactory.parseString(text()).root())).toConfig();
    }

    private ConfigValue placed(ConfigValue value) {
        ConfigOrigin origin = ConfigOriginFactory.newSimple(place(value.origin().lineNumber()));
        if (value instanceof ConfigObject object) {
            Map<String, ConfigValue> placed = new LinkedHashMap<>();
            object.forEach((key, child) -> placed.put(key, placed(child)));
            return ConfigValueFactory.fromMap(placed).withOrigin(origin);
        }
        if (value instanceof ConfigList list) {
            List<ConfigValue> placed = new ArrayList<>();
            list.forEach(item -> placed.add(placed(item)));
            return ConfigValueFactory.fromIterable(placed).withOrigin(origin);
        }
        return value.withOrigin(origin);
    }

    private String place(int line) {
        String where =
                line < 1 || line > lines.size() ? "" : lines.get(line - 1).where();
        return where.isEmpty() ? file : where;
    }
}
