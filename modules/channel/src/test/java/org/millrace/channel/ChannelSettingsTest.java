package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

class ChannelSettingsTest {
    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldTakeItsDefaultsFromTheReference() {
        assertThat(read("")).isEqualTo(new ChannelSettings("kafka", 200_000, 8L << 20));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldTakeWhatTheUserWrote() {
        assertThat(read("type = mailbox, capacity-events = 7, capacity-bytes = 2 KiB"))
                .isEqualTo(new ChannelSettings("kafka", 7, 2048));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldNameEveryMistake() {
        read("type = memroy, capacity-events = 0, capacity-bytes = lots, capacity-event = 5");
        assertThat(problems.found())
                .extracting(problem -> problem.key() + " " + problem.message())
                .containsExactlyInAnyOrder(
                        "agent.channels.kafka.type 'memroy' is not one of mailbox",
                        "agent.channels.kafka.capacity-events must be at least 1, is 0",
                        "agent.channels.kafka.capacity-bytes must be a size such as 64 KiB, is \"lots\"",
                        "agent.channels.kafka.capacity-event is not a key of this section;"
                                + " did you mean 'capacity-events'?");
    }

    @Test
    void shouldRejectAChannelThatHoldsNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ChannelSettings("c", 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ChannelSettings("c", 1, 0));
    }

    private ChannelSettings read(String section) {
        return ChannelSettings.from(
                ConfigSection.of(
                        ConfigFactory.parseString("agent.channels.kafka { " + section + " }"),
                        "agent.channels.kafka",
                        problems),
                ConfigFactory.load());
    }
}
