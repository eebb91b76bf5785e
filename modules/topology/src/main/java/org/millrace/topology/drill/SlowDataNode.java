package org.millrace.topology.drill;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.millrace.trial.HdfsServer;

/** Makes a DataNode take ten times as long, until closed: lets it run for a tenth of the time. */
final class SlowDataNode implements AutoCloseable {
    private static final long RUNS_MILLIS = 20;
    private static final long RESTS_MILLIS = 9 * RUNS_MILLIS;

    private final HdfsServer hdfs;
    private volatile boolean ended;
    private CompletableFuture<Void> slowing = CompletableFuture.completedFuture(null);

    SlowDataNode(HdfsServer hdfs) {
        this.hdfs = hdfs;
    }

    void begin() {
        slowing = CompletableFuture.runAsync(() -> {
            while (!ended) {
                hdfs.freezeDataNode();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESTS_MILLIS));
                hdfs.thawDataNode();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RUNS_MILLIS));
            }
        });
    }

    @Override
    public void close() {
        ended = true;
        slowing.join();
    }
}
