package org.millrace.channel;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.millrace.channel.Channel.PutReply;

/** Loads below are in events; bytes go along, ten for one, and never decide unless said. */
class PutterLineTest {
    private final PutterLine line = new PutterLine(new ChannelSettings("c", 8, 80));
    private final ActorRef<PutReply> a = putter("a");
    private final ActorRef<PutReply> b = putter("b");
    private final ActorRef<PutReply> c = putter("c");

    @Test
    void shouldAdmitWhatFitsWhileNobodyWaits() {
        assertThat(line.admits(a, load(8), load(0))).isTrue();
        assertThat(line.admits(a, load(1), load(7))).isTrue();
        assertThat(line.admits(a, load(2), load(7))).isFalse();
        assertThat(line.admits(a, new Load(1, 11), load(7))).as("bytes").isFalse();
        assertThat(line.admits(a, load(9), load(0))).as("empty takes any one").isTrue();
        assertThat(line.admits(a, load(9), load(1))).isFalse();
    }

    @Test
    void shouldAdmitNobodyElseWhileSomebodyWaits() {
        line.join(a, load(8));
        assertThat(line.admits(b, load(1), load(1))).isFalse();
        assertThat(line.admits(a, load(1), load(1))).as("before it is called").isFalse();
    }

    @Test
    void shouldCallInTheOrderOfRefusalAndOnlyWhoFits() {
        line.join(a, load(2));
        line.join(b, load(3));
        line.join(c, load(1));
        assertThat(line.call(load(7))).as("less than a quarter free").isEmpty();
        assertThat(line.call(load(6))).containsExactly(a);
        assertThat(line.call(load(3))).containsExactly(b);
        assertThat(line.isEmpty()).isFalse();
        assertThat(line.call(load(1))).containsExactly(c);
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void shouldNotCallPastOneThatDoesNotFitYet() {
        line.join(a, load(8));
        line.join(b, load(1));
        assertThat(line.call(load(1))).isEmpty();
        assertThat(line.call(load(0))).containsExactly(a);
    }

    @Test
    void shouldKeepRoomForWhoIsCalled() {
        line.join(a, load(4));
        assertThat(line.call(load(4))).containsExactly(a);
        assertThat(line.admits(b, load(1), load(4))).isFalse();
        assertThat(line.admits(a, load(4), load(4))).isTrue();
        assertThat(line.hasCalled()).isFalse();
        assertThat(line.admits(b, load(8), load(0)))
                .as("nothing is kept any more")
                .isTrue();
    }

    @Test
    void shouldSendWhoBringsMoreThanItWasCalledForToTheEnd() {
        line.join(a, load(4));
        line.call(load(4));
        assertThat(line.admits(a, load(5), load(4))).isFalse();
        assertThat(line.hasCalled()).isFalse();
    }

    @Test
    void shouldKeepThePlaceOfOneThatIsRefusedTwice() {
        line.join(a, load(1));
        line.join(b, load(1));
        line.join(a, load(2));
        assertThat(line.call(load(0))).containsExactly(a, b);
    }

    @Test
    void shouldTakeTheTurnFromWhoDoesNotComeAtTheSecondTick() {
        line.join(a, load(8));
        line.join(b, load(8));
        assertThat(line.call(load(0))).containsExactly(a);
        line.tick();
        assertThat(line.call(load(0))).isEmpty();
        line.tick();
        assertThat(line.hasCalled()).isFalse();
        assertThat(line.call(load(0))).containsExactly(b);
        line.tick();
        assertThat(line.hasCalled()).as("called between two ticks").isTrue();
    }

    @Test
    void shouldCallOneLargerThanTheChannelWhenItIsEmpty() {
        line.join(a, load(100));
        assertThat(line.call(load(1))).isEmpty();
        assertThat(line.call(load(0))).containsExactly(a);
        assertThat(line.admits(a, load(100), load(0))).isTrue();
    }

    private static Load load(int events) {
        return new Load(events, events * 10L);
    }

    private static ActorRef<PutReply> putter(String name) {
        return TestInbox.<PutReply>create(name).getRef();
    }
}
