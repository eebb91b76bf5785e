package org.millrace.system;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.millrace.topology.Node;

/**
 * What a node's process tells of its cluster to whoever asks its JVM: Pekko's own bean, nothing of Millrace.
 *
 * @param up the members that are fully up, as host:port
 * @param others the members that are not, with what they are; and those out of reach
 */
record ClusterState(Set<String> up, Set<String> others) {
    /** In none, or it does not answer just now. */
    static final ClusterState NONE = new ClusterState(Set.of(), Set.of());

    /** Asks a node that runs. */
    static ClusterState of(Node node) {
        try {
            return parse(ask(node));
        } catch (IOException | JMException | AttachNotSupportedException e) {
            return NONE;
        }
    }

    @SuppressWarnings("BanJNDI") // No directory is asked: the JVM of this test's own process says where it listens.
    private static String ask(Node node) throws IOException, JMException, AttachNotSupportedException {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(node.pid()));
        try (JMXConnector connector =
                JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
            return (String) connector
                    .getMBeanServerConnection()
                    .getAttribute(new ObjectName("pekko:type=Cluster"), "ClusterStatus");
        } finally {
            machine.detach();
        }
    }

    private static ClusterState parse(String json) {
        Config state = ConfigFactory.parseString(json);
        Set<String> up = state.getConfigList("members").stream()
                .filter(member -> member.getString("status").equals("Up"))
                .map(member -> place(member.getString("address")))
                .collect(Collectors.toSet());
        Set<String> others = state.getConfigList("members").stream()
                .filter(member -> !member.getString("status").equals("Up"))
                .map(member -> place(member.getString("address")) + " " + member.getString("status"))
                .collect(Collectors.toSet());
        state.getConfigList("unreachable")
                .forEach(member -> others.add(place(member.getString("node")) + " unreachable"));
        return new ClusterState(up, others);
    }

    private static String place(String address) {
        return address.substring(address.indexOf('@') + 1);
    }
}
