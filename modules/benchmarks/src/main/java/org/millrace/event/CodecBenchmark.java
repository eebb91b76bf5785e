package org.millrace.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.millrace.benchmarks.AverageTime;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A batch into bytes and back; the time is that of one batch. */
@State(Scope.Thread)
public class CodecBenchmark extends AverageTime {
    /** Of 64 KiB. */
    private static final int EVENTS = 390;

    @Param({"0", "10"})
    private int ownHeaders;

    private final ByteArrayOutputStream target = new ByteArrayOutputStream(1 << 20);
    private EventBatch batch;
    private byte[] written;

    @Setup
    public void prepare() throws IOException {
        batch = SampleBatches.of(EVENTS, ownHeaders);
        write();
        written = target.toByteArray();
    }

    /** Returns how many bytes it is. */
    @Benchmark
    public int write() throws IOException {
        target.reset();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(target, null);
        BatchCodec.write(batch, out);
        out.flush();
        return target.size();
    }

    @Benchmark
    public EventBatch read() throws IOException {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(written, null);
        return BatchCodec.read(in, written.length);
    }
}
