package org.millrace.avrorpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import org.millrace.settings.ConfigSection;
import org.millrace.settings.Unreadable;

/**
 * A file with keys or certificates.
 *
 * @param path where it lies
 * @param password of the file and of the keys in it
 * @param type as the Java runtime names it: PKCS12 or JKS; either reads files of both
 */
public record KeyStoreFile(Path path, Optional<String> password, String type) {
    /** The file that {@code key} of a section names, with {@code key-password} and {@code key-type}. */
    static Optional<KeyStoreFile> from(ConfigSection tls, String key) {
        Optional<String> password = tls.optionalString(key + "-password");
        String type = tls.string(key + "-type");
        return tls.optionalPath(key).map(path -> new KeyStoreFile(path, password, type));
    }

    /**
     * Reads the file; blocks.
     *
     * @throws TlsException when it cannot be read
     */
    KeyStore load() {
        try (InputStream in = Files.newInputStream(path)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(in, secret());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new TlsException(
                    Unreadable.why(path)
                            .map(why -> path + ": " + why)
                            .orElse("cannot read " + path + " (" + type + "): " + e.getMessage()),
                    e);
        }
    }

    char[] secret() {
        return password.map(String::toCharArray).orElse(null);
    }

    /** Never the password. */
    @Override
    public String toString() {
        return path + " (" + type + ")";
    }
}
