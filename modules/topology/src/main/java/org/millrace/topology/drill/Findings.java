package org.millrace.topology.drill;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.millrace.topology.feed.FedLine;
import org.millrace.topology.feed.Sightings;

/**
 * What the stores have of the lines of one scenario, and what follows from it. Nothing here is a node's
 * own word.
 *
 * @param fed by agent, the numbers of its lines
 * @param arrivals in the order in which Kafka has them
 * @param inHdfs the count of each agent's lines in HDFS
 * @param marks when what happened, in milliseconds since 1970
 */
record Findings(Map<String, Numbers> fed, List<Arrival> arrivals, Map<String, Copies> inHdfs, Map<Mark, Long> marks) {
    private static final long LATE_MILLIS = 2_000;
    /** A line is stored and acknowledged long before it is as old as this. */
    private static final long UNDER_WAY_MILLIS = 2_000;
    /** From a mark until what it marks has happened, at most. */
    private static final long MARK_MILLIS = 500;

    /** What a scenario marks in time. */
    enum Mark {
        /** The fault began. */
        BROKEN,
        /** What can be done from outside to end it was done. */
        MENDED
    }

    /** Numbers from {@code from} up to, and without, {@code to}. */
    record Numbers(long from, long to) {
        long count() {
            return to - from;
        }

        boolean contain(long number) {
            return number >= from && number < to;
        }
    }

    /** The lines of one agent in a store, and when those were fed that came again. */
    static final class Copies {
        private final Numbers numbers;
        private final Sightings sightings = new Sightings();
        private long oldestAgain = Long.MAX_VALUE;
        private long youngestAgain = Long.MIN_VALUE;

        Copies(Numbers numbers) {
            this.numbers = numbers;
        }

        /** What comes next is in an order of its own. */
        void begin() {
            sightings.begin();
        }

        void add(FedLine line) {
            if (numbers.contain(line.number()) && !sightings.add((int) (line.number() - numbers.from()))) {
                oldestAgain = Math.min(oldestAgain, line.fedAt());
                youngestAgain = Math.max(youngestAgain, line.fedAt());
            }
        }

        long missing() {
            return numbers.count() - sightings.distinct();
        }

        long duplicated() {
            return sightings.again();
        }

        long outOfOrder() {
            return sightings.outOfOrder();
        }

        boolean againOnly(long from, long to) {
            return oldestAgain >= from && youngestAgain <= to;
        }
    }

    /** Lines of all agents in Kafka. */
    private Map<String, Copies> inKafka() {
        Map<String, Copies> copies = new HashMap<>();
        fed.forEach((agent, numbers) -> copies.put(agent, new Copies(numbers)));
        arrivals.forEach(arrival -> copies.get(arrival.agent()).add(arrival.line()));
        return copies;
    }

    /** Lines that were fed. */
    long lines() {
        return fed.values().stream().mapToLong(Numbers::count).sum();
    }

    /** Lines that one of the stores does not have. */
    long lost() {
        long kafka = inKafka().values().stream().mapToLong(Copies::missing).sum();
        return Math.max(
                kafka, inHdfs.values().stream().mapToLong(Copies::missing).sum());
    }

    long duplicatedInKafka() {
        return inKafka().values().stream().mapToLong(Copies::duplicated).sum();
    }

    long duplicatedInHdfs() {
        return inHdfs.values().stream().mapToLong(Copies::duplicated).sum();
    }

    /** Lines that came for the first time behind one that was fed later: in Kafka, or in a file of HDFS. */
    long outOfOrder() {
        return Stream.concat(inKafka().values().stream(), inHdfs.values().stream())
                .mapToLong(Copies::outOfOrder)
                .sum();
    }

    /** Whether the stores have nothing twice but what was under way at the mark. */
    boolean againOnlyUnderWayAt(Mark mark) {
        long marked = marks.getOrDefault(mark, 0L);
        return Stream.concat(inKafka().values().stream(), inHdfs.values().stream())
                .allMatch(copies -> copies.againOnly(marked - UNDER_WAY_MILLIS, marked + MARK_MILLIS));
    }

    /** A time without arrivals, in milliseconds; {@code from} since 1970. */
    record Gap(long from, long length) {}

    /** The longest time without any arrival. */
    Gap gap() {
        return gap(arrival -> true);
    }

    /** The longest time without an arrival of one agent. */
    Gap gapOf(String agent) {
        return gap(arrival -> arrival.agent().equals(agent));
    }

    private Gap gap(Predicate<Arrival> which) {
        Gap longest = new Gap(0, 0);
        long last = Long.MAX_VALUE;
        for (Arrival arrival : arrivals) {
            if (which.test(arrival)) {
                if (arrival.at() - last > longest.length()) {
                    longest = new Gap(last, arrival.at() - last);
                }
                last = arrival.at();
            }
        }
        return longest;
    }

    /** Lines that took more than two seconds; of a line that came twice, the first counts. */
    long late() {
        Map<String, BitSet> seen = new HashMap<>();
        long late = 0;
        for (Arrival arrival : arrivals) {
            BitSet agents = seen.computeIfAbsent(arrival.agent(), agent -> new BitSet());
            int number =
                    (int) (arrival.line().number() - fed.get(arrival.agent()).from());
            if (!agents.get(number) && arrival.late() > LATE_MILLIS) {
                late++;
            }
            agents.set(number);
        }
        return late;
    }

    /** Where each agent delivered before the fault; where none was marked, at first. */
    Map<String, String> before() {
        long broken = marks.getOrDefault(Mark.BROKEN, 0L);
        Map<String, String> collectors = new TreeMap<>();
        for (Arrival arrival : arrivals) {
            if (arrival.at() <= broken) {
                collectors.put(arrival.agent(), arrival.collector());
            } else {
                collectors.putIfAbsent(arrival.agent(), arrival.collector());
            }
        }
        return collectors;
    }

    /** Where each agent delivered last. */
    Map<String, String> after() {
        return at(Long.MAX_VALUE);
    }

    /** Where each agent delivered last before the fault was mended. */
    Map<String, String> meanwhile() {
        return at(marks.getOrDefault(Mark.MENDED, Long.MAX_VALUE));
    }

    private Map<String, String> at(long time) {
        Map<String, String> collectors = new TreeMap<>();
        arrivals.stream()
                .filter(arrival -> arrival.at() <= time)
                .forEach(arrival -> collectors.put(arrival.agent(), arrival.collector()));
        return collectors;
    }

    /** Whether an agent delivered to one collector all the time. */
    boolean stayed(String agent, String collector) {
        return arrivals.stream()
                .filter(arrival -> arrival.agent().equals(agent))
                .allMatch(arrival -> arrival.collector().equals(collector));
    }

    /** Milliseconds from the mark to the first arrival behind it. */
    Optional<Long> resumedAfter(Mark mark) {
        long marked = marks.getOrDefault(mark, Long.MAX_VALUE);
        return arrivals.stream()
                .map(Arrival::at)
                .filter(at -> at > marked)
                .findFirst()
                .map(at -> at - marked);
    }

    /**
     * Milliseconds from the mending until the last line that came through a collector that is not the
     * one that its agent delivered to before the fault; 0 where there was none.
     */
    Optional<Long> wholeAfter() {
        Long mended = marks.get(Mark.MENDED);
        if (mended == null) {
            return Optional.empty();
        }
        Map<String, String> home = before();
        return Optional.of(arrivals.stream()
                .filter(arrival -> arrival.at() > mended)
                .filter(arrival -> !arrival.collector().equals(home.get(arrival.agent())))
                .mapToLong(arrival -> arrival.at() - mended)
                .max()
                .orElse(0));
    }
}
