package org.millrace.source.spool;

import java.util.Map;
import org.millrace.benchmarks.AverageTime;
import org.millrace.event.EventBatch;
import org.millrace.event.SampleBatches;
import org.millrace.event.SourceId;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A slab of 64 KiB into a batch of lines; the time is that of one slab. */
@State(Scope.Thread)
public class LineSplitterBenchmark extends AverageTime {
    private static final int LINES = 390;

    private final LineSplitter splitter = new LineSplitter(1000 << 10, 1000);
    private final SourceId source = new SourceId("weblogs", 4711);
    private final byte[] bytes = SampleBatches.lines(LINES);

    @Benchmark
    public EventBatch split() {
        Slab slab = new Slab(bytes, 0);
        EventBatch.Builder batch = EventBatch.builder(source, 1, 0, Map.of("basename", "access.log"), bytes);
        splitter.cut(slab, true, batch);
        return batch.build();
    }
}
