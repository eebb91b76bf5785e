package org.millrace.source.spool;

import java.util.function.Predicate;

/**
 * Finds a name for a file that is done with, so that it never takes the place of an earlier one:
 * {@code name.COMPLETED}, then {@code name.1.COMPLETED}, {@code name.2.COMPLETED} and so on.
 */
final class CompletedName {
    private CompletedName() {}

    /**
     * What to put behind the file's name.
     *
     * <p>The numbers are not tried one by one: a program that reuses one name would make each
     * completion slower than the last. The search doubles until it finds a free number and halves
     * back to one whose predecessor is taken; without gaps that is the lowest.
     *
     * @param suffix the suffix that comes last
     * @param taken whether there is a file with this text behind the name already
     */
    static String freeEnding(String suffix, Predicate<String> taken) {
        if (!taken.test(suffix)) {
            return suffix;
        }
        long used = 0;
        long free = 1;
        while (taken.test(numbered(free, suffix))) {
            used = free;
            free *= 2;
        }
        while (free - used > 1) {
            long middle = used + (free - used) / 2;
            if (taken.test(numbered(middle, suffix))) {
                used = middle;
            } else {
                free = middle;
            }
        }
        return numbered(free, suffix);
    }

    private static String numbered(long number, String suffix) {
        return "." + number + suffix;
    }
}
