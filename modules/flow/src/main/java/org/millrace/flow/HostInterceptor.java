package org.millrace.flow;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.millrace.settings.ConfigSection;

/** Gives every event the name or address of this host, as Flume's interceptor {@code host} does. */
final class HostInterceptor {
    private HostInterceptor() {}

    /** Looks the host up once, when the configuration is read. */
    static Interceptor from(ConfigSection section) {
        return new StaticInterceptor(
                section.string("host-header"),
                thisHost(section, section.bool("use-ip")),
                section.bool("preserve-existing"));
    }

    private static String thisHost(ConfigSection section, boolean address) {
        try {
            InetAddress host = InetAddress.getLocalHost();
            return address ? host.getHostAddress() : host.getCanonicalHostName();
        } catch (UnknownHostException e) {
            section.problem(
                    "type",
                    "this host cannot look up its own name: " + e.getMessage()
                            + "; mend that, or write the value with type = static");
            return "";
        }
    }
}
