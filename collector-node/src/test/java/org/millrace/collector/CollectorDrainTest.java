package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.delivery.Delivery;

/** A collector that is told to end while its store hangs. */
class CollectorDrainTest {
    private static final Duration LONG = CollectorUnderTest.LONG;
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final TrialStore store = new TrialStore();
    private CollectorUnderTest collector;

    @TempDir
    private Path state;

    @BeforeEach
    void start() {
        collector = new CollectorUnderTest(store, state);
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    @Test
    void shouldGiveUpWhatWaitsWhenItIsToldASecondTime() {
        giveItWhatItCannotStore();

        TestProbe<Done> first = collector.drain(FOR_EVER);
        awaitDraining();
        first.expectNoMessage(Duration.ofMillis(1));
        TestProbe<Done> second = collector.drain(Duration.ZERO);

        assertThat(first.receiveMessage(LONG)).isNotNull();
        assertThat(second.receiveMessage(LONG)).isNotNull();
        assertThat(collector.drain(Duration.ZERO).receiveMessage(LONG))
                .as("it has ended before")
                .isNotNull();
    }

    @Test
    void shouldGiveUpByItselfInTheEnd() {
        giveItWhatItCannotStore();

        TestProbe<Done> drained = collector.drain(Duration.ofSeconds(1));

        assertThat(drained.receiveMessage(LONG)).isNotNull();
    }

    @Test
    void shouldStoreAndAcknowledgeWhatItHasBeforeItEnds() {
        giveItWhatItCannotStore();
        TestProbe<Done> drained = collector.drain(FOR_EVER);
        awaitDraining();

        store.goOn();

        assertThat(drained.receiveMessage(LONG)).isNotNull();
        collector.agent.fishForMessage(
                LONG,
                message -> message instanceof Delivery.Progress progress
                                && progress.committed().generation() == 1
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());
    }

    private void giveItWhatItCannotStore() {
        store.hangWhenItStores();
        collector.deliverOneBatch();
        await().atMost(LONG).until(() -> store.taken.get() == 1);
    }

    private void awaitDraining() {
        collector.agent.fishForMessage(
                LONG,
                message -> message instanceof Delivery.Draining
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore());
    }
}
