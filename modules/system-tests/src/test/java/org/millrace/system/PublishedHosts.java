package org.millrace.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The hosts of the published files as loopback addresses of a network that nobody else uses: the files
 * name ports, so that each host needs an address of its own.
 *
 * @param network its first three bytes, such as {@code 127.83.52}
 * @param file the hosts, as {@code --hosts} takes it
 */
record PublishedHosts(String network, Path file) {
    /** By the last byte of their addresses. */
    private static final List<String> NAMES =
            List.of("", "node01", "node02", "node03", "node04", "node05", "mycluster");

    /** The ports that the files name, and the cluster's. */
    private static final List<Integer> PORTS = List.of(9092, 8020, 52020, 2552);

    /** Chooses a network and writes the file. */
    static PublishedHosts write(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom();
        String network;
        do {
            network = "127." + random.nextInt(64, 255) + "." + random.nextInt(256);
        } while (!isFree(network));
        StringBuilder hosts = new StringBuilder("# The published scenario on one machine.\n");
        for (int i = 1; i < NAMES.size(); i++) {
            hosts.append(network)
                    .append('.')
                    .append(i)
                    .append('\t')
                    .append(NAMES.get(i))
                    .append('\n');
        }
        Files.writeString(file, hosts);
        return new PublishedHosts(network, file);
    }

    private static boolean isFree(String network) {
        return NAMES.stream()
                .filter(name -> !name.isEmpty())
                .allMatch(name -> PORTS.stream().allMatch(port -> isFree(address(network, name), port)));
    }

    private static boolean isFree(String address, int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(address))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static String address(String network, String name) {
        return network + "." + NAMES.indexOf(name);
    }

    /** The address of a host. */
    String address(String name) {
        return address(network, name);
    }

    /** The file without one of its hosts, for who knows that one otherwise. */
    Path without(String name) {
        Path other = file.resolveSibling("hosts-without-" + name);
        try {
            return Files.write(
                    other,
                    Files.readAllLines(file).stream()
                            .filter(line -> !line.endsWith("\t" + name))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + other, e);
        }
    }
}
