package org.millrace.event;

/**
 * The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that makes unrelated numbers of related
 * ones. Its results go into decisions of which all nodes and all runs must make the same; they never change.
 */
public final class SplitMix64 {
    private SplitMix64() {}

    /** The number for {@code z}. */
    public static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
