package org.millrace.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Why a file that a user named cannot be read, and what to do about it. */
public final class Unreadable {
    private Unreadable() {}

    /** What keeps {@code file} from being read; nothing where a look from outside does not tell. */
    public static Optional<String> why(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of("is a directory; name the file in it");
        }
        if (!Files.exists(file)) {
            return Optional.of("there is no such file; correct the name"
                    + (file.isAbsolute()
                            ? ""
                            : ", which starts at " + Path.of("").toAbsolutePath()));
        }
        return Files.isReadable(file) ? Optional.empty() : Optional.of("cannot be read; check its permissions");
    }

    /** What kept {@code file} from being read when {@code met} was thrown. */
    public static String why(Path file, IOException met) {
        return why(file).orElse("cannot be read: " + met.getMessage());
    }
}
