package org.millrace.source.spool;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.millrace.event.Position;

/**
 * What a source must know after a restart. Immutable.
 *
 * <p>Two rules make a position mean the same event for ever. A file's ordinal is on disk before the
 * first of its events is emitted. And a file that was given up before its end leaves the map, on
 * disk too, before anything of a later file is emitted: so whatever is still in the map and lies
 * before the committed position was emitted whole, and is stored.
 *
 * @param incarnation drawn at random when the state was created
 * @param nextOrdinal the ordinal of the next file that is picked up; the first is 1
 * @param committed everything up to here is stored
 * @param files the files in hand by ordinal; unmodifiable
 */
record Progress(long incarnation, long nextOrdinal, Position committed, NavigableMap<Long, FileInHand> files) {
    private static final long MORE_THAN_A_WRITE = 1_000_000;

    Progress {
        if (nextOrdinal < 1 || committed.generation() >= nextOrdinal) {
            throw new IllegalArgumentException("committed " + committed + " before ordinal " + nextOrdinal);
        }
        if (!files.isEmpty() && (files.firstKey() < 1 || files.lastKey() >= nextOrdinal)) {
            throw new IllegalArgumentException(
                    "files " + files.firstKey() + " to " + files.lastKey() + " before ordinal " + nextOrdinal);
        }
    }

    /** A source that has seen nothing. */
    static Progress start(long incarnation) {
        return new Progress(incarnation, 1, Position.START, Collections.emptyNavigableMap());
    }

    /** Takes files in hand, in the order given. */
    Progress assign(List<FoundFile> found, int maxEvent) {
        NavigableMap<Long, FileInHand> more = new TreeMap<>(files);
        long ordinal = nextOrdinal;
        for (FoundFile file : found) {
            more.put(ordinal, new FileInHand(ordinal, file.path(), file.identity(), maxEvent));
            ordinal++;
        }
        return new Progress(incarnation, ordinal, committed, Collections.unmodifiableNavigableMap(more));
    }

    /**
     * Passes over more ordinals than one write of the progress can give out. For a progress whose successor was
     * lost: files that had their ordinals from that get others, and are sent again, instead of other files
     * getting theirs.
     */
    Progress passOver() {
        return new Progress(incarnation, nextOrdinal + MORE_THAN_A_WRITE, committed, files);
    }

    /** Whether {@code position} can be one of this source: its file has been picked up. */
    boolean knows(Position position) {
        return position.generation() < nextOrdinal;
    }

    /** Everything up to {@code upTo} is stored; an older position changes nothing. */
    Progress commit(Position upTo) {
        return upTo.isAfter(committed) ? new Progress(incarnation, nextOrdinal, upTo, files) : this;
    }

    /** Lets files go. */
    Progress drop(Collection<Long> ordinals) {
        NavigableMap<Long, FileInHand> fewer = new TreeMap<>(files);
        fewer.keySet().removeAll(ordinals);
        return new Progress(incarnation, nextOrdinal, committed, Collections.unmodifiableNavigableMap(fewer));
    }

    /** The files of which every event is stored, in order. */
    List<FileInHand> complete() {
        return files.headMap(committed.generation(), true).values().stream()
                .filter(this::isComplete)
                .toList();
    }

    /** Whether every event of the file is stored. */
    boolean isComplete(FileInHand file) {
        return committedOffset(file) >= file.size();
    }

    /** How far the file is stored, in bytes: where reading goes on after a restart. */
    long committedOffset(FileInHand file) {
        int order = Long.compare(file.ordinal(), committed.generation());
        if (order == 0) {
            return committed.offset();
        }
        return order < 0 ? file.size() : 0;
    }
}
