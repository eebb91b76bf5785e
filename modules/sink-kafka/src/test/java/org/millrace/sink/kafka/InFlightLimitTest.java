package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightLimitTest {
    private final InFlightLimit inFlight = new InFlightLimit(100);
    private final List<String> begun = new ArrayList<>();

    @Test
    void shouldLetTheFirstGoAlone() {
        send("a", 1);
        send("b", 1);
        send("c", 1);
        assertThat(begun).containsExactly("a");
        inFlight.ended(1);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldBeginWhatFits() {
        letTheFirstEnd();
        send("a", 60);
        send("b", 40);
        send("c", 1);
        assertThat(begun).containsExactly("a", "b");
        inFlight.ended(40);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldLetNothingOvertake() {
        letTheFirstEnd();
        send("a", 60);
        send("b", 50);
        send("c", 10);
        assertThat(begun).containsExactly("a");
        inFlight.ended(60);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldGiveAllOfItToWhatIsLarger() {
        letTheFirstEnd();
        send("a", 1);
        send("b", 500);
        send("c", 1);
        inFlight.ended(1);
        assertThat(begun).containsExactly("a", "b");
        inFlight.ended(500);
        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void shouldBeginTheNextOneWhenOneEndsWhileItBegins() {
        inFlight.send(100, () -> {
            begun.add("a");
            inFlight.ended(100);
        });
        send("b", 100);
        assertThat(begun).containsExactly("a", "b");
    }

    private void letTheFirstEnd() {
        inFlight.send(1, () -> {});
        inFlight.ended(1);
    }

    private void send(String name, long bytes) {
        inFlight.send(bytes, () -> begun.add(name));
    }
}
