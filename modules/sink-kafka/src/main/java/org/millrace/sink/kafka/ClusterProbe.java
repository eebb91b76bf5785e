package org.millrace.sink.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Asks whether a cluster answers, over the same connection settings as the producer. Does not ask
 * for the topic: it may be made by the first record, and the rights to see it may be missing.
 */
final class ClusterProbe {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final String bootstrapServers;
    private final Map<String, Object> client;

    ClusterProbe(KafkaSettings settings) {
        this.bootstrapServers = settings.bootstrapServers();
        this.client = clientProperties(settings.producer());
    }

    /** The producer's properties without those that only producers have. */
    static Map<String, Object> clientProperties(Map<String, String> producer) {
        Map<String, Object> client = new HashMap<>(producer);
        client.keySet()
                .removeIf(key -> ProducerConfig.configNames().contains(key)
                        && !AdminClientConfig.configNames().contains(key));
        // It would be the producer's own list of classes, of another kind.
        client.remove(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
        return client;
    }

    /** Makes a client that asks nothing, and closes it. */
    static void rehearse(KafkaSettings settings) {
        Admin.create(clientProperties(settings.producer())).close(Duration.ZERO);
    }

    /**
     * Waits for the cluster's answer.
     *
     * @throws KafkaException when there is none, with a message for the operator
     */
    void run() {
        Admin admin = null;
        try {
            admin = Admin.create(client);
            int millis = Math.toIntExact(LIMIT.toMillis());
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis))
                    .nodes()
                    .get(millis * 2L, TimeUnit.MILLISECONDS);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        } finally {
            if (admin != null) {
                admin.close(CLOSE_LIMIT);
            }
        }
    }

    private KafkaException failed(Exception cause) {
        return new KafkaException(
                "Kafka at " + bootstrapServers + " does not answer: " + KafkaErrors.describe(cause), cause);
    }
}
