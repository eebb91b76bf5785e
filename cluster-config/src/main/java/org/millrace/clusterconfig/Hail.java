package org.millrace.clusterconfig;

/**
 * What a node tells another that should be in one cluster with it and is not. The wire format is
 * {@code hail.avsc}.
 *
 * @param address the sender's, as the cluster writes it
 * @param uid the sender's
 * @param known the uid that the sender's cluster lists for the receiver's address; 0 for none
 * @param size how many members of its cluster the sender reaches, itself included; 0 while it is in none
 * @param lowest the lowest address of these; empty for none
 * @param round drawn by who hails; an answer has the number of its hail
 * @param answer whether this answers a hail: it is not answered again
 */
record Hail(String address, long uid, long known, int size, String lowest, long round, boolean answer)
        implements OneCluster.Command {}
