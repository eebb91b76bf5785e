package org.millrace.sink.hdfs;

/**
 * Where events belong together: the files of one bucket lie in one directory and share the start of
 * their names.
 *
 * @param directory absolute path without scheme and authority
 * @param prefix how the names of its files start
 */
record Bucket(String directory, String prefix) {}
