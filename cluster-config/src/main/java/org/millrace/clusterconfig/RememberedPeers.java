package org.millrace.clusterconfig;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in a node's state directory with the addresses of those it was in a cluster with, one a
 * line. So a seed node that was restarted finds a cluster in which there is no other seed node.
 *
 * <p>It is a help and no more: one that cannot be read is ignored, with a line in the log.
 */
final class RememberedPeers {
    /** Enough to find the others by; all of a large cluster would only cost. */
    static final int LIMIT = 16;

    private static final String NAME = "cluster-peers";

    private static final Logger LOG = LoggerFactory.getLogger(RememberedPeers.class);

    private final Path file;

    RememberedPeers(Path stateDirectory) {
        this.file = stateDirectory.resolve(NAME);
    }

    /** The addresses in the file; none when there is no file. */
    List<String> read() {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            List<String> peers =
                    lines.stream().filter(ClusterConfig::isAddress).limit(LIMIT).toList();
            if (peers.size() < lines.size()) {
                LOG.warn("{}: ignored {} lines that are no addresses of members", file, lines.size() - peers.size());
            }
            return peers;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (MalformedInputException e) {
            LOG.warn("{}: ignored, it is damaged; it is written anew when this node is in a cluster", file);
            return List.of();
        } catch (IOException e) {
            LOG.warn("{}: ignored, it cannot be read: {}", file, e.toString());
            return List.of();
        }
    }

    /** Replaces what is in the file; it holds either the old or the new addresses, whatever happens. */
    void write(Collection<String> peers) throws IOException {
        Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(String.join("\n", peers) + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Whom to remember now: the members of this node's cluster, and in the places that are left those
     * that it remembered before, since they may be back when these are not.
     */
    static List<String> merge(Stream<String> collectors, Stream<String> others, List<String> before) {
        Set<String> all = new LinkedHashSet<>();
        collectors.sorted().forEach(all::add);
        others.sorted().forEach(all::add);
        all.addAll(before);
        return new ArrayList<>(all).subList(0, Math.min(LIMIT, all.size()));
    }
}
