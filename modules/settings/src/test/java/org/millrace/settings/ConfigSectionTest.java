package org.millrace.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigSectionTest {
    private static final String OVERRIDE = "millrace.sample.port";

    @TempDir
    private Path directory;

    private final ConfigProblems problems = new ConfigProblems();

    private enum Order {
        OLDEST_FIRST,
        BY_NAME
    }

    @AfterEach
    void forgetOverride() {
        System.clearProperty(OVERRIDE);
        ConfigFactory.invalidateCaches();
    }

    @Test
    void shouldReadEveryKindOfValue() {
        ConfigSection section = section("""
                text = plain
                number = 7
                written-as-text = "8"
                exponent = 1e3
                large = 5000000000
                size = 64 KiB
                plain-size = 10
                pause = 1500 ms
                flag = on
                order = by-name
                regex = "a+b"
                names = [ a, 2, true ]
                nothing = ""
                unset = null
                """);

        assertThat(section.string("text")).isEqualTo("plain");
        assertThat(section.integer("number", 0, 10)).isEqualTo(7);
        assertThat(section.integer("written-as-text", 0, 10)).isEqualTo(8);
        assertThat(section.integer("exponent", 0, 5000)).isEqualTo(1000);
        assertThat(section.longInteger("large", 0, Long.MAX_VALUE)).isEqualTo(5_000_000_000L);
        assertThat(section.bytes("size", 0, 1 << 20)).isEqualTo(65_536);
        assertThat(section.bytes("plain-size", 0, 1 << 20)).isEqualTo(10);
        assertThat(section.duration("pause", Duration.ZERO)).isEqualTo(Duration.ofMillis(1500));
        assertThat(section.duration("pause", Duration.ZERO, Duration.ofSeconds(2)))
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(section.bool("flag")).isTrue();
        assertThat(section.oneOf("order", Order.class)).isEqualTo(Order.BY_NAME);
        assertThat(section.oneOf("order", Map.of("by-name", 1))).contains(1);
        assertThat(section.pattern("regex").matcher("aab").matches()).isTrue();
        assertThat(section.strings("names")).containsExactly("a", "2", "true");
        assertThat(section.strings("absent")).isEmpty();
        assertThat(section.optionalString("text")).contains("plain");
        assertThat(section.optionalString("nothing")).isEmpty();
        assertThat(section.optionalString("absent")).isEmpty();
        assertThat(section.has("unset")).isFalse();
        assertThat(section.path("text")).isEqualTo(Path.of("plain"));
        assertThat(section.optionalPath("text")).contains(Path.of("plain"));
        assertThat(section.optionalPath("nothing")).isEmpty();
        assertThat(section.paths("names")).containsExactly(Path.of("a"), Path.of("2"), Path.of("true"));
        section.knows(List.of("wrong-default"));
        section.rejectUnknownKeys();
        assertThat(problems.found()).isEmpty();
    }

    static Stream<Arguments> mistakes() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                mistake("other = 1", s -> s.string("key"), 2, "is missing"),
                mistake("key = null", s -> s.string("key"), 3, "is missing"),
                mistake("key = \" \"", s -> s.string("key"), 3, "must not be empty"),
                mistake("key = [1]", s -> s.string("key"), 3, "must be a text, is [1]"),
                mistake("key { a = 1 }", s -> s.optionalString("key"), 3, "must be a text, is {\"a\":1}"),
                mistake("other = 1", s -> s.path("key"), 2, "is missing"),
                mistake(
                        "key = \"a\\u0000b\"",
                        s -> s.path("key"),
                        3,
                        "is no path in this locale: Nul character not allowed; characters beyond ASCII need one with"
                                + " UTF-8, such as LC_ALL=C.UTF-8"),
                mistake("other = 1", s -> s.integer("key", 0, 1), 2, "is missing"),
                mistake("key = ten", s -> s.integer("key", 0, 1), 3, "must be a whole number, is \"ten\""),
                mistake("key = 1.5", s -> s.integer("key", 0, 9), 3, "must be a whole number, is 1.5"),
                mistake("key = true", s -> s.integer("key", 0, 9), 3, "must be a whole number, is true"),
                mistake("key = []", s -> s.integer("key", 0, 9), 3, "must be a whole number, is []"),
                mistake("key = 10", s -> s.integer("key", 0, 9), 3, "must be from 0 to 9, is 10"),
                mistake("key = -1", s -> s.integer("key", 0, Integer.MAX_VALUE), 3, "must be at least 0, is -1"),
                mistake(
                        "key = 3000000000",
                        s -> s.integer("key", 0, Integer.MAX_VALUE - 1),
                        3,
                        "must be from 0 to 2147483646, is 3000000000"),
                mistake("key = 1e99", s -> s.longInteger("key", 0, 5), 3, "must be from 0 to 5, is 1e99"),
                mistake("key = 0", s -> s.longInteger("key", 1, Long.MAX_VALUE), 3, "must be at least 1, is 0"),
                mistake("other = 1", s -> s.bytes("key", 0, 1), 2, "is missing"),
                mistake(
                        "key = 5 pounds",
                        s -> s.bytes("key", 0, 1),
                        3,
                        "must be a size such as 64 KiB, is \"5 pounds\""),
                mistake("key = -5", s -> s.bytes("key", 0, 1), 3, "must be a size such as 64 KiB, is -5"),
                mistake("key = 10", s -> s.bytes("key", 1024, Long.MAX_VALUE), 3, "must be at least 1 KiB, is 10 B"),
                mistake("key = 5 MiB", s -> s.bytes("key", 1024, 4 << 20), 3, "must be from 1 KiB to 4 MiB, is 5 MiB"),
                mistake("other = 1", s -> s.duration("key", second), 2, "is missing"),
                mistake(
                        "key = 5 sek",
                        s -> s.duration("key", second),
                        3,
                        "must be a duration such as 500 ms, is \"5 sek\""),
                mistake("key = 5 ms", s -> s.duration("key", second), 3, "must be at least 1 s, is 5 ms"),
                mistake("key = 7 ns", s -> s.duration("key", second), 3, "must be at least 1 s, is 7 ns"),
                mistake(
                        "key = 1 h",
                        s -> s.duration("key", second, second.multipliedBy(90)),
                        3,
                        "must be from 1 s to 90 s, is 3600 s"),
                mistake("other = 1", s -> s.bool("key"), 2, "is missing"),
                mistake("key = maybe", s -> s.bool("key"), 3, "must be true or false, is \"maybe\""),
                mistake("other = 1", s -> s.oneOf("key", Order.class), 2, "is missing"),
                mistake(
                        "key = oldestfrist",
                        s -> s.oneOf("key", Order.class),
                        3,
                        "'oldestfrist' is not one of oldest-first, by-name; did you mean 'oldest-first'?"),
                mistake(
                        "key = random",
                        s -> s.oneOf("key", Order.class),
                        3,
                        "'random' is not one of oldest-first, by-name"),
                mistake(
                        "key = [x]",
                        s -> s.oneOf("key", Order.class),
                        3,
                        "must be one of oldest-first, by-name, is [\"x\"]"),
                mistake("other = 1", s -> s.pattern("key"), 2, "is missing"),
                mistake(
                        "key = \"a(b\"",
                        s -> s.pattern("key"),
                        3,
                        "'a(b' is no regular expression: Unclosed group near index 3"),
                mistake("key = c1", s -> s.strings("key"), 3, "must be a list of texts in brackets, is \"c1\""),
                mistake("key = 5", s -> s.sectionList("key"), 3, "must be a list of sections in brackets, is 5"),
                mistake("key = 5", s -> s.sections("key"), 3, "must be a section in braces, is 5"),
                mistake("key = 5", s -> s.properties("key"), 3, "must be a section in braces, is 5"),
                mistake("key = 5", s -> s.section("key").string("name"), 3, "must be a section in braces"),
                mistake("other = 5", s -> s.section("key"), 2, "is missing"));
    }

    private static Arguments mistake(String written, Consumer<ConfigSection> reader, int line, String message) {
        return arguments(written, named(message, reader), line, message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldNameAMistakeOnceWithFileAndLine(
            String written, Consumer<ConfigSection> reader, int line, String message) {
        reader.accept(section(written));

        assertThat(problems.found())
                .containsExactly(new ConfigProblem(at("node.conf", line), "millrace.sample.key", message));
    }

    @Test
    void shouldNameEveryMistakeInOnePass() {
        ConfigSection section = section("number = x\nflag = y");

        section.integer("number", 0, 1);
        section.bool("flag");
        section.string("name");
        section.string("name");

        assertThat(problems.found()).hasSize(3);
    }

    @Test
    void shouldPointToTheIncludedFileThatAValueStandsIn() {
        write("shared.conf", "# shared\nmillrace.sample {\n  port = none\n}");
        ConfigSection section = load("include \"shared.conf\"\nmillrace.sample {\n  host = []\n}");

        section.integer("port", 0, 1);
        section.string("host");
        section.string("name");

        assertThat(problems.found())
                .extracting(ConfigProblem::where)
                .containsExactly(at("shared.conf", 3), at("node.conf", 3), at("node.conf", 2));
    }

    @Test
    void shouldPointToTheDefaultsWhereTheValueComesFromThem() {
        section("name = x").integer("wrong-default", 0, 1);

        assertThat(problems.found())
                .containsExactly(new ConfigProblem(
                        "reference.conf: 5", "millrace.sample.wrong-default", "must be a whole number, is \"ten\""));
    }

    @Test
    void shouldLetASystemPropertyWinAndPointToIt() {
        System.setProperty(OVERRIDE, "many");
        ConfigFactory.invalidateCaches();
        ConfigSection section = section("port = 1\nhost = h");

        section.integer("port", 0, 1);
        section.string("name");

        assertThat(problems.found())
                .extracting(ConfigProblem::where)
                .containsExactly("system properties", at("node.conf", 2));
    }

    @Test
    void shouldPointToTheEnvironmentWhereASubstitutionTookTheValueFromIt() {
        section("port = 1\nport = ${?PATH}").integer("port", 0, 1);

        assertThat(problems.found()).extracting(ConfigProblem::where).containsExactly("environment variables");
    }

    @Test
    void shouldKeepTheFilesValueWhereTheEnvironmentHasNone() {
        assertThat(section("port = 1\nport = ${?MILLRACE_NO_SUCH_VARIABLE}").integer("port", 0, 1))
                .isEqualTo(1);
    }

    @Test
    void shouldPointToAllLinesOfAValuePutTogetherOfTwo() {
        section("base = /data\nport = ${millrace.sample.base}\"/logs\"").integer("port", 0, 1);

        assertThat(problems.found()).extracting(ConfigProblem::where).containsExactly(at("node.conf", 3) + "-4");
    }

    @Test
    void shouldPointToTheItemOfAList() {
        ConfigSection section = section("names = [\n  a,\n  { b = 1 },\n  \"\"\n]");

        assertThat(section.strings("names")).containsExactly("a", "", "");

        assertThat(problems.found())
                .containsExactly(
                        new ConfigProblem(
                                at("node.conf", 5), "millrace.sample.names.1", "must be a text, is {\"b\":1}"),
                        new ConfigProblem(at("node.conf", 6), "millrace.sample.names.2", "must not be empty"));
    }

    @Test
    void shouldReadAListOfSectionsAndKeepTheirIndex() {
        ConfigSection section = section("steps = [\n  { type = a },\n  wrong,\n  { other = b }\n]");

        List<ConfigSection> steps = section.sectionList("steps");
        steps.forEach(step -> step.string("type"));

        assertThat(steps).hasSize(2);
        assertThat(problems.found())
                .containsExactly(
                        new ConfigProblem(
                                at("node.conf", 5),
                                "millrace.sample.steps.1",
                                "must be a section in braces, is \"wrong\""),
                        new ConfigProblem(at("node.conf", 6), "millrace.sample.steps.2.type", "is missing"));
    }

    @Test
    void shouldReadNamedSectionsInTheOrderOfTheirNames() {
        ConfigSection section = section("parts {\n  b { }, off = null\n  \"a.1\" { size = x }\n  c = 5\n}");

        Map<String, ConfigSection> parts = section.sections("parts");
        parts.get("a.1").bytes("size", 0, 1);

        assertThat(parts.keySet()).containsExactly("a.1", "b");
        assertThat(parts.get("a.1").name()).isEqualTo("a.1");
        assertThat(problems.found())
                .containsExactlyInAnyOrder(
                        new ConfigProblem(at("node.conf", 6), "millrace.sample.parts.c", "must be a section in braces"),
                        new ConfigProblem(
                                at("node.conf", 5),
                                "millrace.sample.parts.\"a.1\".size",
                                "must be a size such as 64 KiB, is \"x\""));
    }

    @Test
    void shouldHaveNoSectionsWhereTheKeyIsAbsent() {
        ConfigSection section = section("");

        assertThat(section.sections("parts")).isEmpty();
        assertThat(section.sectionList("steps")).isEmpty();
        assertThat(section.properties("producer")).isEmpty();
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldFlattenPropertiesToDottedNames() {
        ConfigSection section = section("""
                producer {
                  bootstrap.servers = [ "a:1", "b:2" ]
                  "max.block.ms" = 5
                  ssl { protocol = TLSv1.3, enabled = true }
                  version = 1.10
                }
                """);

        assertThat(section.properties("producer"))
                .isEqualTo(Map.of(
                        "bootstrap.servers", "a:1,b:2",
                        "max.block.ms", "5",
                        "ssl.protocol", "TLSv1.3",
                        "ssl.enabled", "true",
                        "version", "1.10"));
        section.knows(List.of("size", "wrong-default"));
        section.rejectUnknownKeys();
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldRefusePropertiesThatAreNoTextOrWrittenTwice() {
        ConfigSection section = section("producer {\n  \"a.b\" = 1\n  a.b = 1\n  c = [ [ 1 ] ]\n}");

        section.properties("producer");

        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactlyInAnyOrder(
                        tuple("millrace.sample.producer.a.b", "is written twice, with quotes and without"),
                        tuple("millrace.sample.producer.c", "must be a text or a list of texts, is [[1]]"));
    }

    @Test
    void shouldNameUnknownKeysWithTheNearestKnownOne() {
        ConfigSection section = section("""
                batchSize = 1
                hots = a
                "a.b" = 2
                zebra { x = 1 }
                """);
        section.has("batch-size");
        section.has("host");
        section.knows(List.of("size", "wrong-default"));

        section.rejectUnknownKeys();

        assertThat(problems.found())
                .containsExactly(
                        new ConfigProblem(
                                at("node.conf", 5), "millrace.sample.\"a.b\"", "is not a key of this section"),
                        new ConfigProblem(
                                at("node.conf", 3),
                                "millrace.sample.batchSize",
                                "is not a key of this section; did you mean 'batch-size'?"),
                        new ConfigProblem(
                                at("node.conf", 4),
                                "millrace.sample.hots",
                                "is not a key of this section; did you mean 'host'?"),
                        new ConfigProblem(at("node.conf", 6), "millrace.sample.zebra", "is not a key of this section"));
    }

    @Test
    void shouldTakeDefaultsForKeysThatTheSectionDoesNotHave() {
        ConfigSection section =
                section("port = 1").withDefaults(ConfigFactory.parseString("port = 2, host = h, node { name = n }"));

        assertThat(section.integer("port", 0, 9)).isEqualTo(1);
        assertThat(section.string("host")).isEqualTo("h");
        assertThat(section.section("node").string("name")).isEqualTo("n");
        section.string("absent");
        assertThat(problems.found()).extracting(ConfigProblem::where).containsExactly(at("node.conf", 2));
    }

    @Test
    void shouldRememberKeysThatWereAskedForBeforeTheDefaultsCame() {
        ConfigSection section = section("channels = [ c1 ]\nport = 1\ntypo = 1");
        section.knows(List.of("size", "wrong-default"));

        section.strings("channels");
        ConfigSection complete = section.withDefaults(ConfigFactory.parseString("port = 2"));
        complete.integer("port", 0, 9);
        complete.rejectUnknownKeys();

        assertThat(problems.found()).extracting(ConfigProblem::key).containsExactly("millrace.sample.typo");
    }

    @Test
    void shouldPointToTheNearestPlaceWhereASectionIsMissing() {
        Config root = root("millrace {\n  other = 1\n}");

        ConfigSection.of(root, "millrace.absent", problems).string("name");
        ConfigSection.of(root, "millrace.other.deeper", problems);

        assertThat(problems.found())
                .containsExactly(
                        new ConfigProblem(at("node.conf", 1), "millrace.absent", "is missing"),
                        new ConfigProblem(at("node.conf", 1), "millrace.absent.name", "is missing"),
                        new ConfigProblem(at("node.conf", 2), "millrace.other.deeper", "is missing"));
    }

    @Test
    void shouldPlaceAReadersOwnProblems() {
        ConfigSection section = section("ports = [ 1,\n 99 ]");

        section.problem("ports", "are too many");
        section.problem("ports", 1, "is taken");

        assertThat(problems.found())
                .containsExactly(
                        new ConfigProblem(at("node.conf", 3), "millrace.sample.ports", "are too many"),
                        new ConfigProblem(at("node.conf", 4), "millrace.sample.ports.1", "is taken"));
        assertThat(Optional.of(problems.found().get(0).toString()))
                .contains(at("node.conf", 3) + ": millrace.sample.ports: are too many");
    }

    @Test
    void shouldReadASectionWhoseKeysAreTheUsersOwn() {
        ConfigSection section =
                section("own {\nb = [1]\n\"a.c\" = [2]\nnone = null }").section("own");

        assertThat(section.keys()).containsExactly("a.c", "b", "none");
        section.rejectUnknownKeys();
        assertThat(problems.found()).isEmpty();
        assertThat(section.strings("a.c")).containsExactly("2");
    }

    @Test
    void shouldShowTheSameForTheSameMeaning() {
        ConfigSection section = section("a { x = 1, y = [b, c] }\nb { y = [ b\n c ]\n x = 1 }\nc = null");

        assertThat(section.shown("a"))
                .isEqualTo("{\"x\":1,\"y\":[\"b\",\"c\"]}")
                .isEqualTo(section.shown("b"));
        assertThat(section.shown("c")).isEmpty();
        assertThat(section.shown("d")).isEmpty();
    }

    /** The section {@code millrace.sample}, which opens on line 2 with its keys from line 3 on. */
    private ConfigSection section(String keys) {
        return load("\nmillrace.sample {\n" + keys + "\n}\n");
    }

    private ConfigSection load(String text) {
        return ConfigSection.of(root(text), "millrace.sample", problems);
    }

    private Config root(String text) {
        return ConfigFile.load(write("node.conf", text));
    }

    private Path write(String name, String text) {
        try {
            return Files.write(directory.resolve(name), text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String at(String file, int line) {
        return directory.resolve(file) + ": " + line;
    }
}
