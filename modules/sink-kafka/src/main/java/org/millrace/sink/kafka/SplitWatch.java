package org.millrace.sink.kafka;

/**
 * Notices a producer that splits its requests for ever. Kafka's client (KAFKA-8350, open in 3.9)
 * splits a request that is too large for its topic into requests of {@code batch.size}: where the
 * topic takes less than that, into itself, again and again and without an error. Immutable.
 *
 * @param progress records stored or rejected at the last progress
 * @param splits requests split until then
 * @param looks looks since then
 * @param stuck whether it splits and gets nowhere
 */
record SplitWatch(long progress, double splits, int looks, boolean stuck) {
    private static final int LOOKS = 2;
    private static final int SPLITS = 10;

    static final SplitWatch START = new SplitWatch(0, 0, 0, false);

    /** The watch after another look, a second or so after the one before. */
    SplitWatch look(long progressNow, double splitsNow) {
        if (progressNow != progress) {
            return new SplitWatch(progressNow, splitsNow, 0, false);
        }
        int looksNow = looks + 1;
        return new SplitWatch(progress, splits, looksNow, looksNow >= LOOKS && splitsNow - splits >= SPLITS);
    }
}
