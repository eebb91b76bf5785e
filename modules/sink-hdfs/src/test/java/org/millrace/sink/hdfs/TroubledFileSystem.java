package org.millrace.sink.hdfs;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A local file system that never renames what {@link #STUCK} names, and can keep a caller waiting. */
public final class TroubledFileSystem extends RawLocalFileSystem {
    static final String STUCK = "events.collector-1.13-1";

    /** For the keys of a sink. */
    static final String CONFIG = ", hadoop { fs.file.impl = \"" + TroubledFileSystem.class.getName() + "\" }";

    private static final AtomicReference<CountDownLatch> HANGING = new AtomicReference<>();

    /** The next file is not renamed either, and who wants to is kept waiting for that answer. */
    static void hangUntil(CountDownLatch answer) {
        HANGING.set(answer);
    }

    /** Whether somebody waits. */
    static boolean hangs() {
        return HANGING.get() == null;
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        CountDownLatch answer = HANGING.getAndSet(null);
        if (answer != null) {
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (answer != null || to.getName().equals(STUCK)) {
            throw new IOException("cannot rename " + from);
        }
        return super.rename(from, to);
    }
}
