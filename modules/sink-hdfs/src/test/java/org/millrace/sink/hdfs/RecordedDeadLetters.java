package org.millrace.sink.hdfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.millrace.event.EventBatch;
import org.millrace.sink.DeadLetters;

/** Dead letters as {@code reason: body}, in memory. */
final class RecordedDeadLetters implements DeadLetters {
    private final List<String> recorded = new CopyOnWriteArrayList<>();
    private volatile boolean broken;

    @Override
    public void record(EventBatch batch, int index, String reason, String detail) throws IOException {
        if (broken) {
            throw new IOException("disk full");
        }
        recorded.add(reason + ": " + new String(batch.copyBody(index), StandardCharsets.UTF_8));
    }

    List<String> recorded() {
        return recorded;
    }

    void breakDown(boolean now) {
        broken = now;
    }
}
