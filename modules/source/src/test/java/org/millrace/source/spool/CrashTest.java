package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.event.Position;
import org.millrace.trial.JavaProcess;

/** A real process, killed again and again in the middle of its work. */
class CrashTest {
    private static final int FILES = 400;
    private static final int LINES = 60;
    private static final int KILLS = 4;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path home;

    @Test
    void shouldLoseNothingAndKeepPositionsWhenKilled() throws IOException {
        Path spool = Files.createDirectory(home.resolve("spool"));
        Map<String, String> contents = new HashMap<>();
        for (int i = 0; i < FILES; i++) {
            String name = "f" + i;
            contents.put(name, content(name));
            Path file = Files.writeString(spool.resolve(name), contents.get(name));
            Files.setLastModifiedTime(file, FileTime.fromMillis(i));
        }
        Path store = home.resolve("store");
        long size = contents.values().stream().mapToLong(String::length).sum();

        for (int kill = 1; kill <= KILLS; kill++) {
            try (JavaProcess victim = victim(store)) {
                long enough = size * kill / (KILLS + 1);
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> !victim.isAlive() || (Files.exists(store) && Files.size(store) > enough));
                assertThat(victim.isAlive()).as(victim.logTail()).isTrue();
                victim.kill();
            }
        }
        assertThat(completed(spool)).isLessThan(FILES);
        try (JavaProcess last = victim(store)) {
            Awaitility.await().atMost(LIMIT).until(() -> completed(spool) == FILES || !last.isAlive());
            assertThat(last.isAlive()).as(last.logTail()).isTrue();
            last.kill();
        }

        assertThat(reassembled(store)).isEqualTo(contents);
    }

    private JavaProcess victim(Path store) {
        return JavaProcess.start(
                "victim",
                List.of("-Xmx128m"),
                System.getProperty("java.class.path"),
                CrashVictim.class.getName(),
                List.of(home.toString(), store.toString()),
                home.resolve("victim.log"));
    }

    /** Short lines, empty ones, and one that is cut into parts. */
    private static String content(String name) {
        StringBuilder content = new StringBuilder();
        for (int line = 0; line < LINES; line++) {
            content.append(name).append(" line ").append(line).append("\n");
        }
        return content.append("\n").append(name.repeat(60)).append("\nend").toString();
    }

    private static long completed(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(file -> file.toString().endsWith(".COMPLETED")).count();
        }
    }

    /** The files as the stored events give them; fails where one position stands for two events. */
    private static Map<String, String> reassembled(Path store) throws IOException {
        Map<Position, String> events = new TreeMap<>();
        Map<Long, String> fileOfOrdinal = new HashMap<>();
        for (String line : Files.readAllLines(store)) {
            String[] fields = line.split(" ", 4);
            int colon = fields[0].indexOf(':');
            Position at = new Position(
                    Long.parseLong(fields[0].substring(0, colon)), Long.parseLong(fields[0].substring(colon + 1)));
            String event = line.substring(fields[0].length());
            assertThat(events.getOrDefault(at, event)).as("event at " + at).isEqualTo(event);
            assertThat(fileOfOrdinal.getOrDefault(at.generation(), fields[1])).isEqualTo(fields[1]);
            events.put(at, event);
            fileOfOrdinal.put(at.generation(), fields[1]);
        }
        assertThat(fileOfOrdinal.values()).doesNotHaveDuplicates();
        Map<String, StringBuilder> files = new HashMap<>();
        events.forEach((at, event) -> {
            String[] fields = event.split(" ", 4);
            files.computeIfAbsent(fields[1], name -> new StringBuilder()).append(fields[3]);
            boolean cutHere = !fields[2].equals("-") && fields[3].length() == 64;
            if (!cutHere && !fields[3].equals("end")) {
                files.get(fields[1]).append('\n');
            }
        });
        Map<String, String> contents = new HashMap<>();
        files.forEach((name, content) -> contents.put(name, content.toString()));
        return contents;
    }
}
