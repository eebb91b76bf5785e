package org.millrace.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Certificates in a directory, each with its key in a store, and for each a store that trusts it and no
 * other. All are of this host by its address, 127.0.0.1.
 */
public final class TestCertificates {
    /** Of every store and every key. */
    public static final String PASSWORD = "changeit";

    private final Path directory;

    /** Makes a certificate for each name, with the JDK's keytool. */
    public TestCertificates(Path directory, String... names) {
        this.directory = directory;
        for (String name : names) {
            keytool(
                    name,
                    "-genkeypair",
                    "-alias",
                    name,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=ip:127.0.0.1",
                    "-validity",
                    "3650");
            keytool(
                    name,
                    "-exportcert",
                    "-alias",
                    name,
                    "-file",
                    directory.resolve(name + ".cer").toString());
            keytool(
                    name + "-trusted",
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    name,
                    "-file",
                    directory.resolve(name + ".cer").toString());
        }
    }

    /** The certificate and its key. */
    public Path keys(String name) {
        return directory.resolve(name + ".p12");
    }

    /** A store that trusts that one and no other. */
    public Path trusting(String name) {
        return directory.resolve(name + "-trusted.p12");
    }

    private void keytool(String store, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-keystore",
                directory.resolve(store + ".p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        Path log = directory.resolve("keytool.log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
