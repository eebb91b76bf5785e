package org.millrace.source.avro;

/** A program: a source that says OK to whatever comes, until it is ended. */
final class FewDescriptors {
    static final String SERVES = "serves port ";
    private static final int CAPACITY = 10_000;

    private FewDescriptors() {}

    /** No arguments. */
    public static void main(String[] args) throws InterruptedException {
        try (ServedChannel served = new ServedChannel(CAPACITY)) {
            served.serve("acknowledge = channel, max-connections = 100000");
            System.out.println(SERVES + served.port + ".");
            Thread.currentThread().join();
        }
    }
}
