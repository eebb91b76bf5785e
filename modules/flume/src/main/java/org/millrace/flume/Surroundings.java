package org.millrace.flume;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * What a translation takes from the process that it runs in.
 *
 * @param environment for {@code ${env:X}}
 * @param system for {@code ${sys:x}}
 * @param localHost gives the name of this host
 */
public record Surroundings(Map<String, String> environment, Properties system, Supplier<String> localHost) {
    /** Those of this process. */
    public static Surroundings ofThisProcess() {
        return new Surroundings(System.getenv(), System.getProperties(), Surroundings::nameOfThisHost);
    }

    private static String nameOfThisHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return InetAddress.getLoopbackAddress().getHostName();
        }
    }
}
