package org.millrace.source.node;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.millrace.flow.Interceptor;
import org.millrace.flow.InterceptorChain;
import org.millrace.flow.Selector;
import org.millrace.settings.ConfigSection;
import org.millrace.source.EventSourceSettings;
import org.millrace.source.avro.AvroSourceSettings;
import org.millrace.source.spool.SpoolDirectorySettings;

/**
 * One source of a node.
 *
 * @param own how a source of its kind is configured
 * @param channels where its events go
 * @param interceptors what is done to them before
 * @param selector into which of the channels each goes
 */
public record SourceSettings(
        EventSourceSettings own, List<String> channels, Interceptor interceptors, Selector selector) {

    /** The source's name, unique on its node. */
    public String name() {
        return own.name();
    }

    /** The kinds of sources that a configuration can name. */
    private enum Type {
        SPOOL_DIRECTORY,
        AVRO
    }

    /**
     * Reads the section of one source. Notes every mistake in its problems.
     *
     * @param root has the modules' defaults
     * @param stateDirectory of the node
     * @param channelNames all channels of the node
     * @param claims what the sources read before have for themselves alone
     */
    public static SourceSettings from(
            ConfigSection section, Config root, Path stateDirectory, Collection<String> channelNames, Claims claims) {
        Type type = section.oneOf("type", Type.class);
        List<String> channels = section.strings("channels");
        if (channels.isEmpty()) {
            section.problem("channels", "must name at least one channel of: " + String.join(", ", channelNames));
        }
        for (String channel : channels) {
            if (!channelNames.contains(channel)) {
                section.problem(
                        "channels",
                        "there is no channel '" + channel + "'; there are: " + String.join(", ", channelNames));
            }
        }
        Interceptor interceptors = InterceptorChain.ofLanes(section, channels, root);
        Selector selector = Selector.from(section, channels, root);
        if (type == Type.AVRO) {
            AvroSourceSettings avro = AvroSourceSettings.from(section, root);
            claims.listen(section, new ListenAddress(avro.bind(), avro.port()));
            return new SourceSettings(avro, channels, interceptors, selector);
        }
        SpoolDirectorySettings spool = SpoolDirectorySettings.from(section, root, stateDirectory);
        claims.read(section, spool.directory());
        return new SourceSettings(spool, channels, interceptors, selector);
    }
}
