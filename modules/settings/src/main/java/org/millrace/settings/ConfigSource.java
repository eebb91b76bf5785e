package org.millrace.settings;

import com.typesafe.config.Config;
import java.nio.file.Path;

/** Where a node's configuration comes from. */
public interface ConfigSource {
    /** What it is called in messages: its file, as the user named it. */
    String name();

    /**
     * The configuration, with the defaults of the modules and resolved.
     *
     * @param problems gets the mistakes that leave enough to look for more, and notices; the configuration
     *     must not be used when there are mistakes
     * @throws InvalidConfigException when nothing is left to look at
     */
    Config load(ConfigProblems problems);

    /** A file of HOCON. */
    static ConfigSource file(Path file) {
        return new ConfigSource() {
            @Override
            public String name() {
                return file.toString();
            }

            @Override
            public Config load(ConfigProblems problems) {
                return ConfigFile.load(file);
            }
        };
    }
}
