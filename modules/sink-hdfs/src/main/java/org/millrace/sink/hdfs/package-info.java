/**
 * Stores events in HDFS. {@link org.millrace.sink.hdfs.HdfsStore} is the type to read first; its
 * stage hands groups of batches to a {@link org.millrace.sink.hdfs.FileSet}, which writes and flushes
 * them, and a {@link org.millrace.sink.hdfs.FileCloser} brings files to their final names. Only this
 * module knows Hadoop.
 */
package org.millrace.sink.hdfs;
