package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LifelineRehearsalTest {
    /** Time stands still: its limit does not end it. */
    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldEndByItselfOnceTheLifelineIsCut() {
        TestProbe<Lifeline.Cut> witness = kit.createTestProbe();

        ActorRef<LifelineRehearsal.Command> rehearsal = kit.spawn(LifelineRehearsal.create(witness.ref()));

        Lifeline.Cut cut = witness.receiveMessage(Duration.ofSeconds(10));
        assertThat(cut.node().address().host().get()).isEqualTo("127.0.0.1");
        witness.expectTerminated(rehearsal, Duration.ofSeconds(10));
    }
}
