package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    private final SendWindow window = new SendWindow(100);
    private final List<String> begun = new ArrayList<>();

    @Test
    void shouldBeginWhatFits() {
        send("a", 60);
        send("b", 40);
        send("c", 1);
        assertThat(begun).containsExactly("a", "b");
        window.ended(40);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldLetNothingOvertake() {
        send("a", 60);
        send("b", 50);
        send("c", 10);
        assertThat(begun).containsExactly("a");
        window.ended(60);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldGiveTheWholeWindowToWhatIsLarger() {
        send("a", 1);
        send("b", 500);
        send("c", 1);
        window.ended(1);
        assertThat(begun).containsExactly("a", "b");
        window.ended(500);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldBeginTheNextOneWhenOneEndsWhileItBegins() {
        window.send(100, () -> {
            begun.add("a");
            window.ended(100);
        });
        send("b", 100);
        assertThat(begun).containsExactly("a", "b");
    }

    private void send(String name, long bytes) {
        window.send(bytes, () -> begun.add(name));
    }
}
