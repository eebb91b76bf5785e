package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.route.CollectorView.Readiness;

/** What two collectors say of themselves, of which one is used, when a store hangs. */
class CollectorReadinessTest {
    private static final Duration LONG = CollectorUnderTest.LONG;

    private final TrialStore ofUsed = new TrialStore();
    private final TrialStore ofIdle = new TrialStore();
    private CollectorUnderTest used;
    private CollectorUnderTest idle;

    @TempDir
    private Path state;

    @BeforeEach
    void start() {
        used = new CollectorUnderTest(ofUsed, state.resolve("used"));
        idle = new CollectorUnderTest(ofIdle, state.resolve("idle"));
        await().atMost(LONG).until(() -> used.readiness() == Readiness.READY && idle.readiness() == Readiness.READY);
    }

    @AfterEach
    void stop() {
        used.close();
        idle.close();
    }

    /** Were the used one unready while the other is not, its lanes would move, and store twice for nothing. */
    @Test
    void shouldNotOfferTheIdleOneWhileAStoreHangsThatBothUse() {
        ofUsed.hang();
        ofIdle.hang();
        used.deliverOneBatch();

        await().atMost(LONG).until(() -> {
            Readiness idleNow = idle.readiness();
            Readiness usedNow = used.readiness();
            assertThat(usedNow == Readiness.WAITING && idleNow == Readiness.READY)
                    .as("lanes would move")
                    .isFalse();
            return usedNow == Readiness.WAITING && idleNow == Readiness.WAITING;
        });

        ofUsed.goOn();
        ofIdle.goOn();
        await().atMost(LONG).until(() -> used.readiness() == Readiness.READY && idle.readiness() == Readiness.READY);
    }

    @Test
    void shouldSayThatItIsNotReadyWhenItsStoreFailsAndReadyWhenItHasStored() {
        ofUsed.fail();
        used.deliverOneBatch();

        await().atMost(LONG).until(() -> used.readiness() == Readiness.WAITING);
        assertThat(idle.readiness()).isEqualTo(Readiness.READY);

        ofUsed.goOn();
        await().atMost(LONG).until(() -> used.readiness() == Readiness.READY);
    }

    @Test
    void shouldSayThatItIsNotReadyWhenOnlyItsOwnStoreHangs() {
        ofUsed.hangWhenItStores();
        used.deliverOneBatch();

        await().atMost(LONG).until(() -> used.readiness() == Readiness.WAITING);
        assertThat(idle.readiness()).isEqualTo(Readiness.READY);

        ofUsed.goOn();
        await().atMost(LONG).until(() -> used.readiness() == Readiness.READY);
    }
}
