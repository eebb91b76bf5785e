package org.millrace.settings;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Notes included files that do not exist. The library passes over them in silence, and a misspelt
 * name would silently leave out what stands in the file.
 */
final class StrictIncluder implements ConfigIncluder, ConfigIncluderFile {
    private final ConfigIncluder library;
    private final Set<String> missing;

    StrictIncluder() {
        this(null, new TreeSet<>());
    }

    private StrictIncluder(ConfigIncluder library, Set<String> missing) {
        this.library = library;
        this.missing = missing;
    }

    /** The names, as written, of all files that were to be included and are not there. */
    Set<String> missing() {
        return missing;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new StrictIncluder(library == null ? fallback : library.withFallback(fallback), missing);
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        ConfigObject included = library.include(context, what);
        // The library completes a name without extension, and looks on the class path too.
        boolean found = !included.isEmpty()
                || Stream.of("", ".conf", ".json", ".properties").anyMatch(end -> isFile(context, what + end));
        if (!found) {
            missing.add(what);
        }
        return included;
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        if (!what.exists() && !isFile(context, what.getPath())) {
            missing.add(what.getPath());
            return ConfigFactory.empty().root();
        }
        return ((ConfigIncluderFile) library).includeFile(context, what);
    }

    private static boolean isFile(ConfigIncludeContext context, String name) {
        ConfigParseable target = context.relativeTo(name);
        return target != null
                && target.origin().filename() != null
                && new File(target.origin().filename()).isFile();
    }
}
