package org.millrace.source.avro;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server's and a client's certificate in a directory, and stores that trust the one or the other. */
final class TestKeys {
    static final String PASSWORD = "changeit";

    private final Path directory;

    TestKeys(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        for (String name : List.of("server", "client", "stranger")) {
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

    /** {@code server}, {@code client} or {@code stranger}: the certificate and its key. */
    Path keys(String name) {
        return directory.resolve(name + ".p12");
    }

    /** A store that trusts that one and no other. */
    Path trusting(String name) {
        return directory.resolve(name + "-trusted.p12");
    }

    private void keytool(String store, String... arguments) throws IOException, InterruptedException {
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
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + directory.resolve("keytool.log"));
        }
    }
}
