package org.millrace.topology;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The lines that went in, to compare with what came out, byte for byte: each is known by 64 bits of its
 * SHA-256, so that a million lines need 50 MB, however long they are. Immutable once made; any number
 * of {@link Tally tallies} can be taken.
 */
public final class ExpectedLines {
    private static final int FREE = -1;

    private final MessageDigest digest = sha256();

    /** An open-addressing hash table: hash, place of the first such line in the input, number of them. */
    private long[] hashes = new long[1024];

    private int[] places = new int[1024];
    private int[] times = new int[1024];
    private int distinct;
    private int total;

    private ExpectedLines() {
        Arrays.fill(places, FREE);
    }

    /** The lines of files, in the order in which they went in. */
    public static ExpectedLines of(List<Path> files) {
        ExpectedLines expected = new ExpectedLines();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                LineSplitter.split(in, expected.collecting());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        return expected;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Lines collecting() {
        return new Lines() {
            @Override
            public void begin(String sequence) {}

            @Override
            public void line(byte[] buffer, int offset, int length) {
                add(hash(digest, buffer, offset, length));
            }
        };
    }

    private static long hash(MessageDigest digest, byte[] buffer, int offset, int length) {
        digest.update(buffer, offset, length);
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private void add(long hash) {
        if (2 * (distinct + 1) > places.length) {
            grow();
        }
        int slot = slot(hash);
        if (places[slot] == FREE) {
            hashes[slot] = hash;
            places[slot] = total;
            distinct++;
        }
        times[slot]++;
        total++;
    }

    /** Where a hash is, or where it would go. */
    private int slot(long hash) {
        int slot = (int) hash & (places.length - 1);
        while (places[slot] != FREE && hashes[slot] != hash) {
            slot = (slot + 1) & (places.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldPlaces = places;
        int[] oldTimes = times;
        hashes = new long[2 * oldHashes.length];
        places = new int[2 * oldPlaces.length];
        times = new int[2 * oldTimes.length];
        Arrays.fill(places, FREE);
        for (int old = 0; old < oldPlaces.length; old++) {
            if (oldPlaces[old] != FREE) {
                int slot = slot(oldHashes[old]);
                hashes[slot] = oldHashes[old];
                places[slot] = oldPlaces[old];
                times[slot] = oldTimes[old];
            }
        }
    }

    /** How many lines went in. */
    public int total() {
        return total;
    }

    /** An empty tally of these lines. */
    public Tally tally() {
        return new Tally();
    }

    /**
     * Counts lines that come out of a store.
     *
     * <p>Not thread-safe.
     */
    public final class Tally implements Lines {
        private final MessageDigest ownDigest = sha256();
        private final int[] seen = new int[places.length];
        private int lastPlace = FREE;
        private long read;
        private long duplicated;
        private long foreign;
        private long outOfOrder;

        private Tally() {}

        @Override
        public void begin(String sequence) {
            lastPlace = FREE;
        }

        @Override
        public void line(byte[] buffer, int offset, int length) {
            read++;
            int slot = slot(hash(ownDigest, buffer, offset, length));
            if (places[slot] == FREE) {
                foreign++;
            } else if (++seen[slot] > times[slot]) {
                duplicated++;
            } else if (times[slot] == 1) {
                // Only what stands once in the input has one place, and only its first arrival counts.
                if (places[slot] < lastPlace) {
                    outOfOrder++;
                }
                lastPlace = Math.max(lastPlace, places[slot]);
            }
        }

        /** The counts so far. */
        public Counts counts() {
            long missing = 0;
            long stored = 0;
            for (int slot = 0; slot < seen.length; slot++) {
                stored += Math.min(seen[slot], times[slot]);
                missing += Math.max(0, times[slot] - seen[slot]);
            }
            return new Counts(total, read, stored, missing, duplicated, outOfOrder, foreign);
        }
    }

    /**
     * A comparison's result, in lines.
     *
     * @param expected went in
     * @param read are in the store, whatever they are
     * @param stored of those expected; a line that went in twice counts twice
     * @param missing went in and are not in the store; {@code stored + missing = expected}
     * @param duplicated are in the store more often than they went in
     * @param outOfOrder came, when they came first, after a line of the same sequence that stands
     *     behind them in the input
     * @param foreign never went in
     */
    public record Counts(
            long expected, long read, long stored, long missing, long duplicated, long outOfOrder, long foreign) {
        /** Whether the store has every line, each as often as it went in. Other lines may be there too. */
        public boolean exact() {
            return missing == 0 && duplicated == 0;
        }

        /** Such as {@code 10000 of 10000 lines}, and what is wrong with them. */
        public String text() {
            StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%,d of %,d lines", stored, expected));
            append(text, missing, "missing");
            append(text, duplicated, "duplicated");
            append(text, outOfOrder, "out of order");
            append(text, foreign, "others");
            return text.toString();
        }

        private static void append(StringBuilder text, long count, String what) {
            if (count > 0) {
                text.append(String.format(Locale.ROOT, ", %,d %s", count, what));
            }
        }
    }
}
