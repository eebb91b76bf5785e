package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.event.Position;

class ProgressFileTest {
    /** A file as version 1 wrote it. It must be understood for ever. */
    private static final String GOLDEN = """
            millrace-spool-progress 1
            incarnation 5f0c2a9be1d34477
            next-ordinal 43
            committed 41 1048576
            file 41 2097152 2026-11-23T09:35:33.301734153Z 37087 1048576 /var/spool/app/a%20b.log
            file 42 5 2026-11-23T09:35:34Z 37088 100 /var/spool/app/%FF%0A
            crc32c fd53e370
            """;

    private static final Progress OF_GOLDEN = new Progress(
                    0x5f0c2a9be1d34477L, 41, Position.START, Progress.start(1).files())
            .assign(
                    List.of(found("/var/spool/app/a%20b.log", 2097152, "2026-11-23T09:35:33.301734153Z", 37087)),
                    1 << 20)
            .assign(List.of(found("/var/spool/app/%FF%0A", 5, "2026-11-23T09:35:34Z", 37088)), 100)
            .commit(new Position(41, 1048576));

    @TempDir
    Path directory;

    @Test
    void shouldReadAndWriteTheGoldenFile() {
        assertThat(new String(ProgressText.encode(OF_GOLDEN), StandardCharsets.US_ASCII))
                .isEqualTo(GOLDEN);
        assertThat(ProgressText.decode(bytes(GOLDEN))).isEqualTo(OF_GOLDEN);
    }

    @Test
    void shouldBeginAnIncarnationOnDiskAndKeepIt() throws IOException {
        Progress first;
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            first = file.load();
            assertThat(ProgressText.decode(Files.readAllBytes(file.path()))).isEqualTo(first);
            file.write(OF_GOLDEN);
        }
        assertThat(first).isEqualTo(Progress.start(first.incarnation()));
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
        }
        try (ProgressFile other = ProgressFile.lock(directory, "t")) {
            assertThat(other.load().incarnation()).isNotEqualTo(first.incarnation());
        }
    }

    @Test
    void shouldNotMindATemporaryFileThatACrashLeft() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            Files.writeString(directory.resolve("s.progress.tmp"), "x".repeat(10_000));
        }
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
            Progress next = OF_GOLDEN.drop(List.of(41L));
            file.write(next);
            assertThat(file.load()).isEqualTo(next);
        }
    }

    @Test
    void shouldWriteOverTheFileBeforeTheLastInsteadOfMakingOne() throws IOException {
        Progress shorter = OF_GOLDEN.drop(List.of(41L));
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            Object first = inode(file.path());
            file.write(OF_GOLDEN);
            Object second = inode(file.path());
            file.write(shorter);
            assertThat(inode(file.path())).isEqualTo(first);
            assertThat(file.load()).isEqualTo(shorter);
            file.write(OF_GOLDEN);
            assertThat(inode(file.path())).isEqualTo(second);
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
        }
    }

    @Test
    void shouldNotWriteOverAnotherNameOfTheProgressThatACrashLeft() throws IOException {
        Path path = directory.resolve("s.progress");
        Files.write(path, bytes(GOLDEN));
        Object before = inode(path);
        Path kept = Files.createLink(directory.resolve("kept"), path);
        Files.createLink(directory.resolve("s.progress.spare"), path);

        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN.drop(List.of(41L)));
            assertThat(inode(file.path())).isNotEqualTo(before);
            assertThat(Files.readAllBytes(kept)).isEqualTo(bytes(GOLDEN));
        }
    }

    @Test
    void shouldNotWriteOverTheProgressWhenItCouldNotBeReplaced() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            file.write(OF_GOLDEN);
            // Whoever writes to this device is told that the disk is full.
            Path full = Files.createSymbolicLink(directory.resolve("s.progress.tmp"), Path.of("/dev/full"));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> file.write(OF_GOLDEN.drop(List.of(41L))))
                        .isInstanceOf(IOException.class);
                assertThat(file.load()).isEqualTo(OF_GOLDEN);
            }
            Files.delete(full);
            Object before = inode(file.path());
            file.write(OF_GOLDEN.drop(List.of(41L)));
            assertThat(inode(file.path())).isNotEqualTo(before);
        }
    }

    private static Object inode(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("is empty", text -> "", "does not begin"),
                damage("is something else", text -> "hello\n", "does not begin"),
                damage("is of a later version", text -> text.replace("progress 1", "progress 2"), "format"),
                damage("has another number", text -> text.replace("next-ordinal 43", "next-ordinal 44"), "checksum"),
                damage("lacks the last newline", text -> text.substring(0, text.length() - 1), "end is missing"),
                damage("lacks the last line", text -> text.substring(0, text.indexOf("crc32c")), "end is missing"),
                damage("was cut in the middle", text -> text.substring(0, text.length() / 2), "end is missing"),
                damage("has a line less", text -> text.replaceAll("file 42.*\n", ""), "checksum"),
                damage("has bytes behind its end", text -> text + "\n", "end is missing"),
                damage("is all zeros", text -> "\0".repeat(text.length()), "does not begin"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void shouldRefuseAFileThat(String name, UnaryOperator<String> damage, String reason) throws IOException {
        Path path = directory.resolve("s.progress");
        Files.write(path, damage.apply(GOLDEN).getBytes(StandardCharsets.ISO_8859_1));
        byte[] before = Files.readAllBytes(path);

        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThatThrownBy(file::load)
                    .isInstanceOf(DamagedProgressException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining(reason)
                    .hasMessageContaining("Restore it")
                    .hasMessageContaining("sent again from their beginning");
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void shouldRefuseEverySingleByteChanged() {
        byte[] good = bytes(GOLDEN);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            assertThatThrownBy(() -> ProgressText.decode(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldKeepASecondSourceOutUntilTheFirstEnds() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.path()).isEqualTo(directory.resolve("s.progress"));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> ProgressFile.lock(directory, "s").close())
                        .isInstanceOf(StateInUseException.class)
                        .hasMessageContaining(directory.resolve("s.lock").toString());
            }
            ProgressFile.lock(directory, "t").close();
        }
        ProgressFile.lock(directory, "s").close();
    }

    @Test
    void shouldKeepItsFilesApartWhateverTheSourceIsCalled() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "../a/b")) {
            file.load();
            assertThat(file.path().getParent()).isEqualTo(directory);
        }
    }

    private static Arguments damage(String name, UnaryOperator<String> change, String reason) {
        return Arguments.of(name, change, reason);
    }

    private static FoundFile found(String encodedPath, long size, String time, long inode) {
        return new FoundFile(PathText.decode(encodedPath), new FileIdentity(size, Instant.parse(time), inode));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
