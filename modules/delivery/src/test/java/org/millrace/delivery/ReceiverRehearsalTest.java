package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.event.RehearsalBatches;
import org.millrace.telemetry.Telemetry;

class ReceiverRehearsalTest {
    /** Time stands still: its limit does not end it. */
    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());

    private final Telemetry telemetry = Telemetry.inMemory();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldEndByItselfOnceEverythingIsCommitted() {
        TestProbe<Void> probe = kit.createTestProbe();

        ActorRef<Delivery.ToLane> rehearsal = kit.spawn(ReceiverRehearsal.create(telemetry));

        probe.expectTerminated(rehearsal, Duration.ofSeconds(10));
        assertThat(telemetry
                        .part("channel", RehearsalBatches.NAME)
                        .counter("committed.events")
                        .count())
                .isEqualTo(ReceiverRehearsal.BATCHES * RehearsalBatches.EVENTS);
    }
}
