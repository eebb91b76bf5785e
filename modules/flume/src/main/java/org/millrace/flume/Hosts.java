package org.millrace.flume;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.settings.Unreadable;

/**
 * The addresses that a file in the format of {@code /etc/hosts} gives to host names. A name that it does
 * not have stays as it is, for the system to resolve.
 */
final class Hosts {
    private record Address(String value, int line) {}

    private final String file;
    private final Map<String, Address> addresses = new LinkedHashMap<>();
    private final Findings findings;

    private Hosts(String file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    /** Reads the file, if there is one. */
    static Hosts read(Optional<Path> file, Findings findings) {
        Hosts hosts = new Hosts(file.map(Path::toString).orElse(""), findings);
        file.ifPresent(path -> {
            try {
                hosts.parse(Files.readAllLines(path, StandardCharsets.UTF_8));
            } catch (CharacterCodingException e) {
                findings.problem(path.toString(), "--hosts", "is no text in UTF-8; name a file such as /etc/hosts");
            } catch (IOException e) {
                findings.problem(path.toString(), "--hosts", Unreadable.why(path, e));
            }
        });
        return hosts;
    }

    private void parse(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).replaceFirst("#.*", "").strip().split("\\s+", -1);
            if (words[0].isEmpty()) {
                continue;
            }
            if (!words[0].matches("[0-9a-fA-F:.%]+") || words.length < 2) {
                findings.problem(file + ": " + (i + 1), "--hosts", "must be an address and names, as in /etc/hosts");
                continue;
            }
            for (int word = 1; word < words.length; word++) {
                addresses.putIfAbsent(words[word], new Address(words[0], i + 1));
            }
        }
    }

    /** The address of {@code host}; noticed at the property that names it. */
    String resolve(String host, Property property) {
        Address address = addresses.get(host);
        if (address == null) {
            return host;
        }
        findings.notice(
                property, address.value(), "line " + address.line() + " of " + file + " says where " + host + " is");
        return address.value();
    }

    /** The address of {@code host} where no property names it. */
    String resolve(String host) {
        return Optional.ofNullable(addresses.get(host)).map(Address::value).orElse(host);
    }

    /** As {@link #resolve(String, Property)}, for {@code host:port} or a mere host. */
    String resolveHostAndPort(String server, Property property) {
        int colon = server.lastIndexOf(':');
        return colon < 0
                ? resolve(server, property)
                : resolve(server.substring(0, colon), property) + server.substring(colon);
    }

    /** As {@link #resolve(String)}, for {@code host:port} or a mere host. */
    String resolveHostAndPort(String server) {
        int colon = server.lastIndexOf(':');
        return colon < 0 ? resolve(server) : resolve(server.substring(0, colon)) + server.substring(colon);
    }
}
