package org.millrace.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldMergeTheFileOverTheDefaultsAndResolveIt() throws IOException {
        Path file = write("millrace.sample { name = ${millrace.sample.size}\"!\" }\npekko.loglevel = DEBUG");

        Config config = ConfigFile.load(file);

        assertThat(config.getString("millrace.sample.name")).isEqualTo("1 KiB!");
        assertThat(config.getString("millrace.sample.wrong-default")).isEqualTo("ten");
        assertThat(config.getString("pekko.loglevel")).isEqualTo("DEBUG");
    }

    @Test
    void shouldNameAFileThatIsMissingADirectoryOrUnreadable() throws IOException {
        Path absent = directory.resolve("absent.conf");
        Path loop = Files.createSymbolicLink(directory.resolve("loop.conf"), directory.resolve("loop.conf"));

        assertThat(problems(absent)).containsExactly(absent + ": there is no such file; correct the name");
        assertThat(problems(loop)).containsExactly(loop + ": there is no such file; correct the name");
        assertThat(problems(directory)).containsExactly(directory + ": is a directory; name the file in it");
        assertThat(problems(Path.of("absent.conf")))
                .containsExactly("absent.conf: there is no such file; correct the name, which starts at "
                        + Path.of("").toAbsolutePath());
    }

    @Test
    void shouldNameTheLineOfASyntaxError() throws IOException {
        Path file = write("millrace {\n  a = 1\n  b = [ 1, }\n}\n");

        assertThat(problems(file)).singleElement().asString().startsWith(file + ": 3: ");
    }

    @Test
    void shouldNameTheLineOfASyntaxErrorInAnIncludedFile() throws IOException {
        Path included = write("cluster.conf", "millrace {\n");
        Path file = write("include \"cluster.conf\"\n");

        assertThat(problems(file)).singleElement().asString().startsWith(included + ": ");
    }

    @Test
    void shouldRefuseAnIncludeOfAFileThatIsNotThere() throws IOException {
        write("deep.conf", "include file(\"deepest.conf\")\n");
        Path file = write("include \"deep.conf\"\nmillrace { a = 1 }\ninclude \"clustr.conf\"\n");

        assertThat(problems(file))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).startsWith(file + ": 3: includes 'clustr.conf'"))
                .anySatisfy(problem -> assertThat(problem).startsWith(file + ": includes 'deepest.conf'"));
    }

    @Test
    void shouldRefuseARequiredIncludeOfAFileThatIsNotThere() throws IOException {
        Path file = write("include required(\"clustr.conf\")\n");

        assertThat(problems(file)).singleElement().asString().contains("clustr.conf");
    }

    @Test
    void shouldIncludeWhatTheLibraryIncludes() throws IOException {
        write("one.conf", "millrace.one = 1");
        write("empty.conf", "# nothing set\n");
        Path four = write("four.conf", "millrace.four = 4");
        Path file = write("include \"one\"\ninclude \"empty.conf\"\ninclude file(\"" + four + "\")\n");

        Config config = ConfigFile.load(file);

        assertThat(config.getInt("millrace.one")).isEqualTo(1);
        assertThat(config.getInt("millrace.four")).isEqualTo(4);
    }

    @Test
    void shouldNameTopLevelKeysThatNobodyReads() throws IOException {
        Path file = write("\nmilrace {\n  agent { }\n}\nagent.name = x\nmillrace { }\n");

        assertThat(problems(file))
                .containsExactly(
                        file + ": 5: agent: is not a key of a node's file, whose settings all stand in millrace { }",
                        file + ": 2: milrace: is not a key of a node's file, whose settings all stand in millrace { };"
                                + " did you mean 'millrace'?");
    }

    @Test
    void shouldNameEverySubstitutionWithoutValue() throws IOException {
        Path file = write("""
                millrace {
                  a = ${no.such}
                  b = [ x,
                        "p-"${neither} ]
                  c = ${?may.be.absent}
                  d = { e = 1 }
                  d = ${nor.this} { f = 2 }
                }
                """);

        assertThat(problems(file))
                .containsExactly(
                        file + ": 2: nothing gives ${no.such} a value",
                        file + ": 4: nothing gives ${neither} a value",
                        file + ": 6-7: nothing gives ${nor.this} a value");
    }

    @Test
    void shouldRefuseSubstitutionsInACircle() throws IOException {
        Path file = write("millrace {\n  a = ${millrace.b}\n  b = ${millrace.a}\n}\n");

        assertThat(problems(file))
                .singleElement()
                .asString()
                .startsWith(file + ": ")
                .contains("${millrace.a}")
                .contains("cycle");
    }

    private static List<String> problems(Path file) {
        InvalidConfigException refused =
                catchThrowableOfType(InvalidConfigException.class, () -> ConfigFile.load(file));
        assertThat(refused).isNotNull();
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }

    private Path write(String text) throws IOException {
        return write("node.conf", text);
    }

    private Path write(String name, String text) throws IOException {
        return Files.write(directory.resolve(name), text.getBytes(UTF_8));
    }
}
