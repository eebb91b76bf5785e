package org.millrace.collector;

import com.typesafe.config.Config;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorSystem;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.DeadLetters;
import org.millrace.sink.Store;
import org.millrace.sink.hdfs.HdfsSettings;
import org.millrace.sink.hdfs.HdfsStore;
import org.millrace.sink.kafka.KafkaSettings;
import org.millrace.sink.kafka.KafkaStore;
import org.millrace.telemetry.Telemetry;

/** Makes a sink's store, once its configuration is known to be right. */
@FunctionalInterface
public interface StoreFactory {
    /** The store; it does nothing before it is asked to. */
    Store create(String node, DeadLetters deadLetters, Telemetry telemetry, ActorSystem<?> system);

    /** The kinds of sinks that a configuration can name. */
    enum Type {
        KAFKA,
        HDFS
    }

    /** Reads one sink's section, by its type. */
    static CollectorSettings.SinkPart sink(ConfigSection section, Config root) {
        Type type = section.oneOf("type", Type.class);
        if (type == Type.KAFKA) {
            KafkaSettings kafka = KafkaSettings.from(section, root);
            return new CollectorSettings.SinkPart(
                    kafka.sink(),
                    (node, deadLetters, telemetry, system) -> KafkaStore.create(kafka, deadLetters, telemetry, system),
                    () -> KafkaStore.rehearse(kafka));
        }
        HdfsSettings hdfs = HdfsSettings.from(section, root);
        return new CollectorSettings.SinkPart(
                hdfs.sink(),
                (node, deadLetters, telemetry, system) ->
                        HdfsStore.create(hdfs, node, deadLetters, telemetry, InstantSource.system(), system),
                () -> HdfsStore.rehearse(hdfs));
    }
}
