package org.millrace.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigSection;

/** Interceptors that a configuration names by class; the one in the documentation is compiled and run. */
class OwnInterceptorTest extends FlowFixture {
    private static final Path DOCUMENT = Path.of("../../docs/interceptors.md");

    @TempDir
    private Path directory;

    private ClassLoader before;

    @BeforeEach
    void remember() {
        before = Thread.currentThread().getContextClassLoader();
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void shouldRunTheOneInTheDocumentation() throws IOException {
        compile("Truncate", block("java"));
        try (URLClassLoader lib =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(lib);
            Interceptor chain = read(block("hocon"));
            problems.throwIfAny();

            EventBatch out = chain.intercept(Events.of("long", "123"), tally).orElseThrow();

            assertThat(Events.bodies(out)).containsExactly("lon", "123");
            assertThat(out.headers(0)).isEqualTo(Map.of("truncated", "true"));
            assertThat(out.headers(1)).isEmpty();

            read(block("hocon").replace("length = 3", "length = 0, lenght = 3"));
            assertThat(problems.found())
                    .extracting(ConfigProblem::key)
                    .containsExactlyInAnyOrder("x.interceptors.0.length", "x.interceptors.0.lenght");
        }
    }

    /** Leaves out the first event of each batch. */
    public static final class Beheading implements Interceptor {
        public Beheading(ConfigSection section) {
            section.string("why");
        }

        @Override
        public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
            return batch.size() == 1 ? Optional.empty() : Optional.of(batch.after(batch.first()));
        }
    }

    @Test
    void shouldCountWhatItLeavesOutByItsName() {
        String type = Beheading.class.getName();

        assertThat(Events.bodies(through("{ type = \"" + type + "\", why = not }", Events.of("a", "b", "c"))))
                .containsExactly("b", "c");
        assertThat(tally.counts()).isEqualTo(Map.of("dropped " + type, 1));
    }

    /** Gives the first event a header of half a message between nodes. */
    public static final class Inflating implements Interceptor {
        public Inflating(ConfigSection section) {
            section.string("header");
        }

        @Override
        public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
            return Optional.of(batch.withOwnHeaders(Map.of(0, Map.of("h" + batch.bytes(), "x".repeat(1 << 20)))));
        }
    }

    @Test
    void shouldPassOverOneThatMakesABatchTooLargeToTravel() {
        String item = "{ type = \"" + Inflating.class.getName() + "\", header = h }";
        EventBatch batch = Events.of("a", "b");

        EventBatch once = through(item, batch);
        EventBatch twice = through(item + "," + item, batch);

        assertThat(once.bytes()).isGreaterThan(1 << 20);
        assertThat(twice.bytes()).isEqualTo(once.bytes());
        assertThat(tally.counts()).isEqualTo(Map.of("unchanged too-large", 2));
    }

    /** Cannot be made. */
    public static final class Failing extends RuntimeException implements Interceptor {
        public Failing(ConfigSection section) {
            throw new IllegalStateException("no " + section.name());
        }

        @Override
        public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
            throw this;
        }
    }

    /** Has no constructor for a section. */
    public static final class Unset implements Interceptor {
        @Override
        public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
            return Optional.of(batch);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.example.Nowhere | there is no class com.example.Nowhere; put its jar beside Millrace's own, into lib",
                "java.lang.String | class java.lang.String does not implement org.millrace.flow.Interceptor",
                "HERE$Unset | class HERE$Unset has no public constructor that takes a ConfigSection",
                "HERE$Failing | class HERE$Failing cannot be set up: java.lang.IllegalStateException: no 0",
            })
    void shouldNameWhatCannotBeOne(String type, String message) {
        String here = getClass().getName();
        read("interceptors = [ { type = \"" + type.replace("HERE", here) + "\", key = 1 } ]");

        assertThat(problems.found())
                .extracting(ConfigProblem::key, ConfigProblem::message)
                .containsExactly(tuple("x.interceptors.0.type", message.replace("HERE", here)));
    }

    private void compile(String name, String source) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d", directory.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror");
            boolean compiled = compiler.getTask(complaints, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
    }

    /** The one block of code of the document in {@code language}. */
    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
