package org.millrace.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.collector.CollectorSettings;
import org.millrace.settings.ConfigProblems;

/**
 * The reference of all keys is true: it is what the modules' files say, each of its keys is read, and each
 * key that is read is in it. To write it anew: {@code mvn test -pl modules/check -am
 * -Dtest=ConfigurationReferenceTest -Dtest.jvm=-Ddocs.write=true}.
 */
class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of("../../docs/configuration.md");

    /** Sections that a library reads, and users seldom touch. */
    private static final List<String> LIBRARIES = List.of(
            "millrace.source.blocking-dispatcher",
            "millrace.channel.pekko-mailbox",
            "millrace.sink.kafka.dispatcher",
            "millrace.sink.hdfs.dispatcher");

    /** What names components; their own keys stand elsewhere. */
    private static final Set<String> COMMON = Set.of("type", "channel", "channels", "interceptors", "selector");

    /** One of each kind, in the order in which the node below has them. */
    private static final List<String> INTERCEPTORS = List.of(
            "timestamp",
            "host",
            "static",
            "uuid",
            "regex-filter",
            "regex-extractor",
            "search-replace",
            "remove-header");

    private static final Pattern INTERCEPTOR = Pattern.compile("millrace\\.collector\\.interceptors\\.(\\d)\\.(.+)");

    private static final Config BOTH_NODES = ConfigFactory.parseString("""
                    millrace {
                      node { name = node01, state-directory = /tmp }
                      cluster { host = node01, seed-nodes = ["node04:2552"] }
                      agent {
                        sources {
                          s { type = spool-directory, directory = /data, channels = [c], selector { type = replicating } }
                          avro { type = avro, port = 4141, channels = [c] }
                        }
                        channels { c {} }
                        sinks { avro { type = avro, channel = c, collectors { n { host = n, port = 1, priority = 1 } } } }
                      }
                      collector {
                        priority = 1
                        interceptors = [
                          { type = timestamp }
                          { type = host }
                          { type = static, key = k, value = v }
                          { type = uuid }
                          { type = regex-filter }
                          { type = regex-extractor, regex = "(.)", serializers = [ { name = s } ] }
                          { type = search-replace, search-pattern = s }
                          { type = remove-header, with-name = n }
                        ]
                        selector { type = multiplexing, mapping { v = [k, h] }, default = [k], optional {} }
                        channels { k {}, h {} }
                        sinks {
                          kafka { type = kafka, channel = k, bootstrap-servers = "node01:9092", topic = t }
                          hdfs { type = hdfs, channel = h, path = "file:///tmp" }
                        }
                      }
                    }
                    """)
            .withFallback(ConfigFactory.defaultReference())
            .resolve();

    @Test
    void shouldBeWhatTheModulesSay() throws IOException {
        String page = ConfigurationReference.page();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; write it anew with -Dtest.jvm=-Ddocs.write=true")
                .isEqualTo(page);
    }

    @Test
    void shouldHaveEveryKeyThatIsReadAndNoOther() throws IOException {
        ConfigProblems problems = new ConfigProblems();
        ClusterSettings.from(BOTH_NODES, problems);
        AgentSettings.from(BOTH_NODES, problems);
        CollectorSettings.from(BOTH_NODES, problems);
        assertThat(problems.found()).isEmpty();

        Set<String> read = problems.keysAsked().stream()
                .map(ConfigurationReferenceTest::documentedAs)
                .filter(Predicate.not(ConfigurationReferenceTest::isNestedByName))
                .filter(ConfigurationReferenceTest::isForUsers)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(read).containsExactlyElementsOf(documented());
    }

    @Test
    void shouldNameNoSectionOfALibraryThatNobodyUses() throws IOException {
        String sources = allSources();

        for (String section : LIBRARIES) {
            assertThat(ConfigFactory.defaultReference().hasPath(section)).isTrue();
            assertThat(sources).contains('"' + section + '"');
        }
    }

    private static Set<String> documented() throws IOException {
        return ConfigurationReference.files().values().stream()
                .flatMap(text -> text.entries().stream())
                .filter(entry -> entry.kind() != ReferenceText.Kind.SECTION
                        || entry.path().equals("millrace.collector.selector"))
                .map(ReferenceText.Entry::path)
                .filter(ConfigurationReferenceTest::isForUsers)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isForUsers(String path) {
        return path.startsWith("millrace.")
                && !path.startsWith("millrace.collector.selector.")
                && LIBRARIES.stream().noneMatch(library -> path.equals(library) || path.startsWith(library + "."));
    }

    /** The key of the defaults that a component's key overrides. */
    private static String documentedAs(String key) {
        Matcher interceptor = INTERCEPTOR.matcher(key);
        if (interceptor.matches()) {
            String kind = INTERCEPTORS.get(Integer.parseInt(interceptor.group(1)));
            return "millrace.flow.interceptors." + kind + "." + interceptor.group(2);
        }
        List<String> elements = ConfigUtil.splitPath(key);
        if (key.startsWith("millrace.collector.selector.")) {
            return key.replace("millrace.collector.selector", "millrace.flow.selectors.multiplexing")
                    .replaceFirst("\\.mapping\\..*", ".mapping");
        }
        if (key.startsWith("millrace.agent.sources.s.selector.")) {
            return key.replace("millrace.agent.sources.s.selector", "millrace.flow.selectors.replicating");
        }
        if (key.startsWith("millrace.agent.sources.avro.")) {
            String inSection = elements.get(4);
            return COMMON.contains(inSection) && !inSection.equals("type")
                    ? key
                    : key.replace("millrace.agent.sources", "millrace.source");
        }
        if (key.startsWith("millrace.agent.sinks.avro.tls.")) {
            return key.replace("millrace.agent.sinks", "millrace.sink");
        }
        if (elements.size() != 5) {
            return key;
        }
        String last = elements.get(4);
        return switch (elements.get(2)) {
            case "sources" ->
                COMMON.contains(last) && !last.equals("type") ? key : "millrace.source.spool-directory." + last;
            case "channels" -> "millrace.channel.mailbox." + last;
            case "sinks" ->
                COMMON.contains(last)
                        ? key
                        : "millrace.sink." + (isCommonToSinks(last) ? "defaults" : elements.get(3)) + "." + last;
            default -> key;
        };
    }

    private static boolean isCommonToSinks(String key) {
        return ConfigFactory.defaultReference().hasPath("millrace.sink.defaults." + key);
    }

    private static boolean isNestedByName(String key) {
        return key.matches("millrace\\.(agent\\.sources|(agent|collector)\\.sinks)\\.\\w+\\.\\w+")
                || key.matches("millrace\\.agent\\.sinks\\.avro\\.collectors\\..*")
                || key.matches("millrace\\.(source|sink)\\.avro\\.tls")
                || key.matches("millrace\\.flow\\.(interceptors|selectors)\\.[\\w-]+\\.(type|\\w+\\..*)");
    }

    private static String allSources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../.."))) {
            return files.filter(file -> file.toString().contains("src/main/java")
                            && file.toString().endsWith(".java"))
                    .map(ConfigurationReferenceTest::read)
                    .collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
