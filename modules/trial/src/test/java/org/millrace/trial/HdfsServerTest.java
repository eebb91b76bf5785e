package org.millrace.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes and reads through WebHDFS, so that this module needs no Hadoop client. */
class HdfsServerTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.hdfs-server.lib"));

    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    @TempDir
    private Path state;

    @Test
    void shouldKeepFilesOverRestartsOfItsParts() throws Exception {
        HdfsServer.Ports ports = HdfsServer.Ports.free();
        try (HdfsServer server = HdfsServer.start(LIB, state, ports)) {
            assertThat(server.uri()).hasHost("127.0.0.1").hasPort(ports.nameNode());
            write(ports, "/kept", "one");

            server.stopDataNode();
            server.startDataNode();
            write(ports, "/after-datanode", "two");

            server.stopNameNode();
            server.startNameNode();
            // The DataNode reads for us, and finds out only at its first try that its connection broke.
            await().ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(read(ports, "/after-datanode")).isEqualTo("two"));
        }
        try (HdfsServer again = HdfsServer.start(LIB, state, ports)) {
            again.freeze();
            again.thaw();
            assertThat(read(ports, "/kept")).isEqualTo("one");
        }
    }

    private void write(HdfsServer.Ports ports, String path, String content) throws Exception {
        HttpResponse<String> place =
                send(HttpRequest.newBuilder(at(ports, path, "CREATE&noredirect=true&overwrite=true"))
                        .PUT(HttpRequest.BodyPublishers.noBody()));
        String dataNode = place.body().replaceAll(".*\"Location\":\"([^\"]+)\".*", "$1");
        HttpResponse<String> written =
                send(HttpRequest.newBuilder(URI.create(dataNode)).PUT(HttpRequest.BodyPublishers.ofString(content)));
        assertThat(written.statusCode()).as(written.body()).isEqualTo(201);
    }

    private String read(HdfsServer.Ports ports, String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(at(ports, path, "OPEN")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static URI at(HdfsServer.Ports ports, String path, String operation) {
        return URI.create(
                "http://127.0.0.1:" + ports.nameNodeHttp() + "/webhdfs/v1" + path + "?user.name=trial&op=" + operation);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
