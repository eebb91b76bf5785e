package org.millrace.flume;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Optional;
import org.millrace.settings.ConfigFile;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSource;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of a program that needs a node's configuration: Millrace's own, or a Flume file. */
public final class ConfigOptions {
    @ArgGroup(multiplicity = "1")
    private Choice choice;

    private static final class Choice {
        @Option(
                names = "--config",
                required = true,
                paramLabel = "FILE",
                description = "the node's configuration (HOCON)")
        private Path config;

        @ArgGroup(exclusive = false, multiplicity = "1")
        private FlumeConf flume;
    }

    private static final class FlumeConf extends FlumeOptions {
        @Option(
                names = "--flume-conf",
                required = true,
                paramLabel = "FILE",
                description = "a Flume properties file instead; what is not taken as written there is a warning")
        private Path file;
    }

    /**
     * Where the configuration comes from.
     *
     * @param kind what a Flume file is taken for; nothing for what it says itself
     */
    public ConfigSource source(Optional<FlumeKind> kind) {
        return choice.config != null ? ConfigSource.file(choice.config) : new FlumeSource(choice.flume, kind);
    }

    private record FlumeSource(FlumeConf flume, Optional<FlumeKind> kind) implements ConfigSource {
        @Override
        public String name() {
            return flume.file.toString();
        }

        @Override
        public Config load(ConfigProblems problems) {
            Translation translation = flume.translate(flume.file, kind);
            translation.notices().forEach(notice -> problems.notice(notice.asConfigNotice()));
            translation.problems().forEach(problems::add);
            return ConfigFile.complete(name(), translation.config());
        }
    }
}
