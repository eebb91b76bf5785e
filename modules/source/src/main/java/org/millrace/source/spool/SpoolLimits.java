package org.millrace.source.spool;

/**
 * How much a source keeps in memory, whatever lies in its directory.
 *
 * @param candidates files that one scan finds; the rest is found by the next one
 * @param groupFiles files that are picked up together, with one write of the progress file
 * @param groupBytes a group is not added to once it has this many bytes: large files should be
 *     looked at again shortly before they are read
 * @param filesInHand files that are picked up and not done with; no others are picked up beyond that
 * @param unreadable files that are remembered as unreadable
 */
record SpoolLimits(int candidates, int groupFiles, long groupBytes, int filesInHand, int unreadable) {
    static final SpoolLimits DEFAULT = new SpoolLimits(4096, 256, 16 << 20, 10_000, 10_000);
}
