package org.millrace.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script, as bash asks it what may follow. */
class CompletionMainTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "coll, collector",
        "agent --flu, --flume-conf",
        "collector --prio, --priority",
        "check --pro, --probe",
        "import --out, --output",
        "quick, quickstart",
    })
    void shouldCompleteCommandsAndOptions(String typed, String completed) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("completion"), CompletionMain.script());
        List<String> words = List.of(("millrace " + typed).split(" "));
        String asked = ". '" + script + "'; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.size() - 1) + "; _complete_millrace; echo \"${COMPREPLY[@]}\"";

        // It complains that bash itself did not call it.
        Process bash = new ProcessBuilder("bash", "-c", asked)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(bash.waitFor()).isZero();
        assertThat(answer.split(" ")).contains(completed);
    }
}
