package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
    }

    @Test
    void shouldRunTasksOneAfterAnotherInOrder() {
        SerialExecutor serial = new SerialExecutor(threads);
        List<Integer> unguarded = new ArrayList<>();
        List<Integer> done = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int number = i;
            serial.execute(() -> {
                unguarded.add(number);
                done.add(number);
            });
        }
        await().until(() -> done.size() == 2_000);
        assertThat(done).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
        assertThat(unguarded).isEqualTo(done);
    }

    @Test
    void shouldOccupyNoThreadWhileItHasNothingToDo() {
        List<Runnable> handed = new ArrayList<>();
        SerialExecutor serial = new SerialExecutor(handed::add);
        List<String> done = new ArrayList<>();
        serial.execute(() -> done.add("a"));
        serial.execute(() -> done.add("b"));
        assertThat(handed).as("one thread for both").hasSize(1);
        handed.remove(0).run();
        assertThat(done).containsExactly("a", "b");
        serial.execute(() -> done.add("c"));
        handed.remove(0).run();
        assertThat(done).containsExactly("a", "b", "c");
    }
}
