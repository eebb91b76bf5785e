package org.millrace.route;

/**
 * One run of one collector: a collector that was restarted on the same address is another.
 *
 * @param address as the cluster writes it, such as {@code pekko://millrace@node04:2552}
 * @param uid drawn by the cluster for each run
 */
public record CollectorId(String address, long uid) {
    @Override
    public String toString() {
        return address;
    }
}
