/**
 * The spool directory: files that are complete when they appear are read line by line, sent, and
 * renamed when everything in them is stored. {@link
 * org.millrace.source.spool.SpoolDirectorySource} makes the stream and is the type to read first.
 *
 * <p>Inside, {@code Spool} decides what comes next; the stage around it only knows about demand and
 * timers. {@code FilePicker} finds files at rest, {@code OpenFile} cuts them into events, {@code
 * Progress} is what must survive a crash and {@code ProgressFile} keeps it, {@code FinishedFiles}
 * renames or deletes what is done with. None of these is thread-safe: the stage is their one caller. {@code
 * DirectoryNotices} have a thread of their own, which tells {@code Arrivals} of new files.
 *
 * <p>POSIX file systems only: a file is known by its inode.
 */
package org.millrace.source.spool;
