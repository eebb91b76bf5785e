package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

class HdfsSettingsTest {
    private final ConfigProblems problems = new ConfigProblems();

    private HdfsSettings read(String section) {
        Config config = ConfigFactory.parseString("sinks.archive { type = hdfs, channel = c, " + section + "}");
        return HdfsSettings.from(ConfigSection.of(config, "sinks.archive", problems), ConfigFactory.load());
    }

    @Test
    void shouldNeedNothingButAPath() {
        HdfsSettings settings = read("path = \"hdfs://mycluster/flume/logdfs/%Y-%m-%d\"");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.sink().name()).isEqualTo("archive");
        assertThat(settings.fileSystem()).isEqualTo("hdfs://mycluster");
        assertThat(settings.directory()).isEqualTo("/flume/logdfs/%Y-%m-%d");
        assertThat(settings.filePrefix()).isEqualTo("events");
        assertThat(settings.fileSuffix()).isEmpty();
        assertThat(settings.inUseSuffix()).isEqualTo(".tmp");
        assertThat(settings.timeZone()).isEqualTo(ZoneId.systemDefault());
        assertThat(settings.timestamp()).isEqualTo(HdfsSettings.Timestamp.LOCAL);
        assertThat(settings.sync()).isEqualTo(HdfsSettings.Sync.HFLUSH);
        assertThat(settings.roll())
                .isEqualTo(new RollPolicy(128 * 1024 * 1024, 0, Duration.ofSeconds(60), Duration.ofSeconds(60)));
        assertThat(settings.maxOpenFiles()).isEqualTo(64);
        assertThat(settings.maxFlushBytes()).isEqualTo(8 * 1024 * 1024);
        assertThat(settings.hadoop()).isEmpty();
    }

    @Test
    void shouldReadEveryKey(@TempDir Path conf) throws IOException {
        Files.writeString(conf.resolve("core-site.xml"), "<configuration/>");
        HdfsSettings settings = read("path = \"file:///a/\", file-prefix = \"%{app}\", file-suffix = .log,"
                + "in-use-suffix = .part, time-zone = UTC, timestamp = header, round-down = 10 m, sync = hsync, roll-size = 1 MiB,"
                + "roll-count = 5, roll-interval = 6 s, idle-close = 7 s, max-open-files = 8, max-flush-bytes = 9,"
                + "probe-timeout = 10 s, hadoop-conf-directories = [\"" + conf + "\"], hadoop { dfs.replication = 1 }");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.fileSystem()).isEqualTo("file://");
        assertThat(settings.directory()).isEqualTo("/a");
        assertThat(settings.filePrefix()).isEqualTo("%{app}");
        assertThat(settings.fileSuffix()).isEqualTo(".log");
        assertThat(settings.inUseSuffix()).isEqualTo(".part");
        assertThat(settings.timeZone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(settings.timestamp()).isEqualTo(HdfsSettings.Timestamp.HEADER);
        assertThat(settings.roundDown()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.sync()).isEqualTo(HdfsSettings.Sync.HSYNC);
        assertThat(settings.roll())
                .isEqualTo(new RollPolicy(1024 * 1024, 5, Duration.ofSeconds(6), Duration.ofSeconds(7)));
        assertThat(settings.maxOpenFiles()).isEqualTo(8);
        assertThat(settings.maxFlushBytes()).isEqualTo(9);
        assertThat(settings.probeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.hadoopConfDirectories()).containsExactly(conf);
        assertThat(settings.hadoop()).containsOnlyKeys("dfs.replication").containsValue("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "file-prefix = x ; sinks.archive.path ; is missing",
                "path = logs ; sinks.archive.path ; must begin with hdfs:// or file://",
                "path = \"s3://bucket/logs\" ; sinks.archive.path ; must begin with hdfs:// or file://",
                "path = \"hdfs://nn%Y/logs\" ; sinks.archive.path ; must begin with hdfs:// or file://",
                "path = \"hdfs://nn/logs/%q\" ; sinks.archive.path ; unknown escape '%q'",
                "path = \"hdfs://nn/logs/%c\" ; sinks.archive.path ; colons",
                "path = \"hdfs://nn/logs/%H:%M\" ; sinks.archive.path ; does not allow",
                "path = \"hdfs://nn/logs//x\" ; sinks.archive.path ; the element ''",
                "path = \"hdfs://nn/logs/../x\" ; sinks.archive.path ; the element '..'",
                "path = \"file:///l\", file-prefix = \"%D\" ; sinks.archive.file-prefix ; slashes",
                "path = \"file:///l\", file-prefix = \"a/b\" ; sinks.archive.file-prefix ; slashes",
                "path = \"file:///l\", file-suffix = \"/x\" ; sinks.archive.file-suffix ; slashes",
                "path = \"file:///l\", in-use-suffix = \"\" ; sinks.archive.in-use-suffix ; must not be empty",
                "path = \"file:///l\", time-zone = Berlin ; sinks.archive.time-zone ; no time zone",
                "path = \"file:///l\", round-down = 90 s ; sinks.archive.round-down ; 1 s to 59 s",
                "path = \"file:///l\", sync = fsync ; sinks.archive.sync ; hsync",
                "path = \"file:///l\", rol-size = 1 ; sinks.archive.rol-size ; did you mean 'roll-size'",
                "path = \"file:///l\", hadoop-conf-directories = [/nowhere] ; sinks.archive.hadoop-conf-directories ;"
                        + " no core-site.xml",
                "path = \"file:///l\", roll-size = 0, roll-interval = 0s, idle-close = 0s ; sinks.archive.roll-size ;"
                        + " no file would ever be closed",
            })
    void shouldRefuseMistakes(String section, String key, String message) {
        read(section);

        assertThat(problems.found()).extracting(ConfigProblem::key).containsExactly(key);
        assertThat(problems.found().get(0).message()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "roll-size = 1023 KiB ; sinks.archive.roll-size ; 1047552 bytes is kept",
                "roll-count = 10 ; sinks.archive.roll-count ; 10 events is kept",
                "roll-interval = 1 s ; sinks.archive.roll-interval ; 1000 ms is kept",
            })
    void shouldNoticeLimitsThatMakeSmallFiles(String limit, String key, String message) {
        read("path = \"file:///l\", " + limit);

        assertThat(problems.found()).isEmpty();
        assertThat(problems.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.key()).isEqualTo(key);
            assertThat(notice.message()).contains(message).contains("0 turns this limit off");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "hdfs://mycluster:8020, hdfs://mycluster,      1",
        "hdfs://mycluster,      hdfs://mycluster,      0",
        "hdfs://nn1:8020,       hdfs://nn1:8020,       0",
        "hdfs://plain:8020,     hdfs://plain:8020,     0",
    })
    void shouldDropThePortOfANameService(String written, String taken, int notices, @TempDir Path conf)
            throws IOException {
        Files.writeString(conf.resolve("hdfs-site.xml"), """
                <configuration>
                <property><name>dfs.nameservices</name><value>plain, mycluster</value></property>
                <property><name>dfs.ha.namenodes.mycluster</name><value>nn1,nn2</value></property>
                </configuration>
                """);

        HdfsSettings settings = read("path = \"" + written + "/flume\", hadoop-conf-directories = [\"" + conf + "\"]");

        assertThat(problems.found()).isEmpty();
        assertThat(settings.fileSystem()).isEqualTo(taken);
        assertThat(settings.directory()).isEqualTo("/flume");
        assertThat(problems.notices())
                .hasSize(notices)
                .allMatch(
                        notice -> notice.toString()
                                .contains(
                                        "path: 'hdfs://mycluster:8020' is taken as 'hdfs://mycluster': mycluster is a name service"));
    }

    @Test
    void shouldLetSiteFilesWinOverOursAndTheUserOverBoth(@TempDir Path conf) throws IOException {
        Files.writeString(
                conf.resolve("hdfs-site.xml"),
                "<configuration><property><name>dfs.client.socket-timeout</name><value>1</value></property>"
                        + "<property><name>dfs.replication</name><value>2</value></property></configuration>");
        HdfsSettings settings = read(
                "path = \"hdfs://nn/l\", hadoop-conf-directories = [\"" + conf + "\"], hadoop { dfs.replication = 1 }");
        Configuration configuration = HadoopClient.configuration(settings);

        assertThat(problems.found()).isEqualTo(List.of());
        assertThat(configuration.get("dfs.replication")).isEqualTo("1");
        assertThat(configuration.get("dfs.client.socket-timeout")).isEqualTo("1");
        assertThat(configuration.get("ipc.client.rpc-timeout.ms")).isEqualTo("20000");
        assertThat(configuration.getBoolean("fs.automatic.close", true)).isFalse();
    }
}
