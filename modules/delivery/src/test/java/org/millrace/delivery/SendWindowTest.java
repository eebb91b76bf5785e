package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.delivery.Samples.EVENT_BYTES;
import static org.millrace.delivery.Samples.at;
import static org.millrace.delivery.Samples.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

class SendWindowTest {
    private final SendWindow window = new SendWindow();

    @Test
    void shouldSendNothingWithoutAGrant() {
        window.add(1, batch(0, 1));

        assertThat(window.next()).isEmpty();
        assertThat(window.unsent()).isEqualTo(1);
    }

    @Test
    void shouldSendWhileBelowTheGrantAndExceedItByOneBatchAtMost() {
        addOneByOne(4);
        window.grant(EVENT_BYTES + 1);

        assertThat(numbersToSend()).containsExactly(1L, 2L);
        window.grant(1);
        assertThat(numbersToSend()).as("a grant never falls, nor rises by that").isEmpty();
        window.grant(2 * EVENT_BYTES + 1);
        assertThat(numbersToSend()).containsExactly(3L);
    }

    @Test
    void shouldLetGoOfWhatIsCommittedOnceAndInOrder() {
        addOneByOne(4);
        window.grant(Long.MAX_VALUE);
        numbersToSend();

        assertThat(window.committed(at(2))).containsExactly(1L, 2L);
        assertThat(window.committed(at(2))).isEmpty();
        assertThat(window.committed(at(4))).containsExactly(3L, 4L);
        assertThat(window.unacknowledged()).isZero();
    }

    @Test
    void shouldNotLetGoOfABatchThatIsCommittedInPart() {
        window.add(1, batch(0, 10));
        window.grant(1);
        numbersToSend();

        assertThat(window.committed(at(9))).isEmpty();
        assertThat(window.committed(at(10))).containsExactly(1L);
    }

    @Test
    void shouldLetGoOfUnsentBatchesThatAnEarlierSessionHadPut() {
        addOneByOne(3);
        window.grant(Long.MAX_VALUE);
        numbersToSend();
        window.startSession();

        assertThat(window.committed(at(2))).containsExactly(1L, 2L);
        assertThat(window.unsent()).isEqualTo(1);
    }

    @Test
    void shouldSendAgainFromTheNumberAskedFor() {
        addOneByOne(5);
        window.grant(5 * EVENT_BYTES);
        numbersToSend();

        assertThat(window.resendFrom(3)).isTrue();

        assertThat(numbersToSend()).containsExactly(3L, 4L, 5L);
    }

    @Test
    void shouldSayWhenWhatIsAskedForWasCommittedAndIsGone() {
        addOneByOne(5);
        window.grant(Long.MAX_VALUE);
        numbersToSend();
        window.committed(at(4));

        assertThat(window.resendFrom(3)).isFalse();
        assertThat(window.unsent()).isEqualTo(1);
    }

    @Test
    void shouldStartANewSessionAtNumberOneWithNoGrant() {
        addOneByOne(3);
        window.grant(Long.MAX_VALUE);
        numbersToSend();
        window.committed(at(1));

        window.startSession();

        assertThat(window.next()).isEmpty();
        window.grant(Long.MAX_VALUE);
        assertThat(window.next().map(SendWindow.Next::number)).contains(1L);
        assertThat(window.next().map(next -> next.batch().last())).contains(at(3));
    }

    @Test
    void shouldTellWhatIsSentAgainFromWhatIsNew() {
        window.add(1, batch(0, 1));
        window.grant(Long.MAX_VALUE);
        assertThat(window.next().map(SendWindow.Next::again)).contains(false);
        window.startSession();
        window.grant(Long.MAX_VALUE);
        window.add(2, batch(1, 2));

        assertThat(window.next().map(SendWindow.Next::again)).contains(true);
        assertThat(window.next().map(SendWindow.Next::again)).contains(false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldDoWhatANaiveModelDoes(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        long offset = 0;
        for (int step = 0; step < 3000; step++) {
            String when = "seed " + seed + ", step " + step;
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    long next = offset + 1 + random.nextInt(4);
                    window.add(step, batch(offset, next));
                    model.held.add(new Entry(step, batch(offset, next)));
                    offset = next;
                }
                case 2 -> {
                    long bytes = model.sentBytes() + random.nextInt(200);
                    window.grant(bytes);
                    model.grant = Math.max(model.grant, bytes);
                }
                case 3, 4 ->
                    assertThat(window.next()
                                    .map(next ->
                                            next.number() + "=" + next.batch().last()))
                            .as(when)
                            .isEqualTo(model.next());
                case 5 -> {
                    Position position = at(random.nextInt((int) offset + 1));
                    assertThat(window.committed(position)).as(when).isEqualTo(model.committed(position));
                }
                default -> {
                    if (random.nextInt(5) == 0) {
                        window.startSession();
                        model.startSession();
                    } else {
                        long from = 1L + random.nextInt(model.log.size() + 1);
                        boolean held = window.resendFrom(from);
                        assertThat(held).as(when).isEqualTo(model.resendFrom(from));
                        if (!held) {
                            window.startSession();
                            model.startSession();
                        }
                    }
                }
            }
            assertThat(window.lastNumber()).as(when).isEqualTo(model.log.size());
            assertThat(window.unacknowledged()).as(when).isEqualTo(model.sentAndHeld());
            assertThat(window.unsent()).as(when).isEqualTo(model.held.size() - model.sentAndHeld());
        }
    }

    private record Entry(long transaction, EventBatch batch) {}

    /** Keeps everything that was sent in the session, and recomputes the rest. */
    private static final class Model {
        private final List<Entry> held = new ArrayList<>();
        private final List<Entry> log = new ArrayList<>();
        private long grant;

        long sentBytes() {
            return log.stream().mapToLong(entry -> entry.batch().bytes()).sum();
        }

        int sentAndHeld() {
            return (int) held.stream().filter(log::contains).count();
        }

        Optional<String> next() {
            Optional<Entry> next =
                    held.stream().filter(entry -> !log.contains(entry)).findFirst();
            if (next.isEmpty() || sentBytes() >= grant) {
                return Optional.empty();
            }
            log.add(next.get());
            return Optional.of(log.size() + "=" + next.get().batch().last());
        }

        List<Long> committed(Position position) {
            List<Entry> done = held.stream()
                    .filter(entry -> !entry.batch().last().isAfter(position))
                    .toList();
            held.removeAll(done);
            return done.stream().map(Entry::transaction).toList();
        }

        boolean resendFrom(long from) {
            while (log.size() >= from && held.contains(log.get(log.size() - 1))) {
                log.remove(log.size() - 1);
            }
            return log.size() < from;
        }

        void startSession() {
            log.clear();
            grant = 0;
        }
    }

    private void addOneByOne(int count) {
        for (int i = 0; i < count; i++) {
            window.add(i + 1, batch(i, i + 1));
        }
    }

    private List<Long> numbersToSend() {
        List<Long> numbers = new ArrayList<>();
        for (Optional<SendWindow.Next> next = window.next(); next.isPresent(); next = window.next()) {
            numbers.add(next.get().number());
        }
        return numbers;
    }
}
