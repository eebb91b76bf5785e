package org.millrace.sink.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate with its key, and a file of those who trust it, made by the JDK's keytool. */
record Certificates(Path keystore, Path truststore) {
    static final String PASSWORD = "changeit";

    /** For a host that is only reached by the given name, such as {@code ip:127.0.0.1}. */
    static Certificates of(Path directory, String subjectAlternativeName) {
        Path keystore = directory.resolve("server.p12");
        Path certificate = directory.resolve("server.crt");
        Path truststore = directory.resolve("trust.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=collector",
                "-ext",
                "SAN=" + subjectAlternativeName,
                "-keystore",
                keystore.toString());
        keytool("-exportcert", "-alias", "server", "-file", certificate.toString(), "-keystore", keystore.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "server",
                "-file",
                certificate.toString(),
                "-keystore",
                truststore.toString());
        return new Certificates(keystore, truststore);
    }

    private static void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("keytool ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
