package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.event.Position;

class ProgressFileTest {
    /** A file as version 1 wrote it. It must be understood for ever. */
    private static final String GOLDEN_1 = """
            millrace-spool-progress 1
            incarnation 5f0c2a9be1d34477
            next-ordinal 43
            committed 41 1048576
            file 41 2097152 2026-11-23T09:35:33.301734153Z 37087 1048576 /var/spool/app/a%20b.log
            file 42 5 2026-11-23T09:35:34Z 37088 100 /var/spool/app/%FF%0A
            crc32c fd53e370
            """;

    /** A copy in a file of version 2, likewise. */
    private static final String GOLDEN = """
            millrace-spool-progress 2
            write 7
            incarnation 5f0c2a9be1d34477
            next-ordinal 43
            committed 41 1048576
            file 41 2097152 2026-11-23T09:35:33.301734153Z 37087 1048576 /var/spool/app/a%20b.log
            file 42 5 2026-11-23T09:35:34Z 37088 100 /var/spool/app/%FF%0A
            crc32c 608a16e5
            """;

    private static final int ROOM = 4096;

    private static final Progress OF_GOLDEN = new Progress(
                    0x5f0c2a9be1d34477L, 41, Position.START, Progress.start(1).files())
            .assign(
                    List.of(found("/var/spool/app/a%20b.log", 2097152, "2026-11-23T09:35:33.301734153Z", 37087)),
                    1 << 20)
            .assign(List.of(found("/var/spool/app/%FF%0A", 5, "2026-11-23T09:35:34Z", 37088)), 100)
            .commit(new Position(41, 1048576));

    @TempDir
    Path directory;

    private static final Progress LATER = OF_GOLDEN.drop(List.of(41L));

    @Test
    void shouldReadAndWriteTheGoldenFile() {
        assertThat(new String(ProgressText.encode(OF_GOLDEN, 7), StandardCharsets.US_ASCII))
                .isEqualTo(GOLDEN);
        assertThat(ProgressText.decode(halves(GOLDEN, GOLDEN)))
                .isEqualTo(new ProgressText.Written(7, OF_GOLDEN, Optional.empty()));
        assertThat(ProgressText.decode(bytes(GOLDEN_1)))
                .isEqualTo(new ProgressText.Written(0, OF_GOLDEN, Optional.empty()));
    }

    static Stream<Arguments> pairs() {
        String sixth = copy(OF_GOLDEN, 6);
        String seventh = copy(LATER, 7);
        String longer = copy(OF_GOLDEN, 5);
        Progress passedOver = OF_GOLDEN.passOver();
        return Stream.of(
                Arguments.of("the later is the second", sixth, seventh, LATER, 7),
                Arguments.of("the later is the first", seventh, sixth, LATER, 7),
                Arguments.of("both are the same", sixth, sixth, OF_GOLDEN, 6),
                Arguments.of("the other is empty", sixth, "", passedOver, 6),
                Arguments.of("the other has a later start", sixth, seventh.substring(0, 100), passedOver, 6),
                Arguments.of(
                        "the other has a later start and an older end",
                        sixth,
                        seventh.substring(0, 100) + longer.substring(100),
                        passedOver,
                        6),
                Arguments.of("the other is something else", sixth, "hello", passedOver, 6),
                Arguments.of("an older copy was longer", sixth, seventh + longer, LATER, 7));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void shouldTakeTheLaterOfTheCopiesThatAreWholeWhere(
            String name, String first, String second, Progress expected, long write) {
        ProgressText.Written found = ProgressText.decode(halves(first, second));
        assertThat(found.progress()).isEqualTo(expected);
        assertThat(found.write()).isEqualTo(write);
        assertThat(found.damage().isPresent()).isEqualTo(expected.nextOrdinal() != OF_GOLDEN.nextOrdinal());
    }

    @Test
    void shouldBeginAnIncarnationOnDiskAndKeepIt() throws IOException {
        Progress first;
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            first = file.load();
            assertThat(ProgressText.decode(Files.readAllBytes(file.path())).progress())
                    .isEqualTo(first);
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
    void shouldWriteItsCopiesInTurnInOneFile() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            Progress start = file.load();
            Object inode = inode(file.path());
            assertThat(Files.readAllBytes(file.path())).isEqualTo(halves(copy(start, 1), copy(start, 1)));
            file.write(OF_GOLDEN);
            assertThat(Files.readAllBytes(file.path())).isEqualTo(halves(copy(OF_GOLDEN, 2), copy(start, 1)));
            file.write(LATER);
            assertThat(file.load()).isEqualTo(LATER);
            file.write(OF_GOLDEN);
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
            assertThat(inode(file.path())).isEqualTo(inode);
        }
    }

    @Test
    void shouldGoOnWithALargerFileWhereACopyDoesNotFit() throws IOException {
        FoundFile found = found("/" + "n".repeat(200), 1, "2026-11-23T09:35:34Z", 1);
        Progress large = OF_GOLDEN.assign(Collections.nCopies(100, found), 1);
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            Object inode = inode(file.path());
            file.write(large);
            assertThat(file.load()).isEqualTo(large);
            assertThat(inode(file.path())).isNotEqualTo(inode);
            inode = inode(file.path());
            file.write(OF_GOLDEN);
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
            file.write(large);
            assertThat(file.load()).isEqualTo(large);
            assertThat(inode(file.path())).isEqualTo(inode);
        }
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.load()).isEqualTo(large);
        }
    }

    @Test
    void shouldGoOnInTheFormatOfTodayFromAFileOfVersion1() throws IOException {
        Files.write(directory.resolve("s.progress"), bytes(GOLDEN_1));
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
            file.write(LATER);
            assertThat(file.load()).isEqualTo(LATER);
            file.write(OF_GOLDEN);
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
        }
    }

    @Test
    void shouldMakeTheFileAgainWhereItWasMovedAway() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            file.write(OF_GOLDEN);
            Path away = Files.move(file.path(), directory.resolve("away"));
            byte[] before = Files.readAllBytes(away);
            file.write(LATER);
            assertThat(file.load()).isEqualTo(LATER);
            assertThat(Files.readAllBytes(away)).isEqualTo(before);
        }
    }

    @Test
    void shouldMakeTheFileAgainWhereItWasCut() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            Files.write(file.path(), new byte[0]);
            file.write(LATER);
            assertThat(Files.readAllBytes(file.path())).isEqualTo(halves(copy(LATER, 2), copy(LATER, 2)));
        }
    }

    @Test
    void shouldNotStayWithAChannelThatIsGoodForNothingAnyMore() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
            // An interrupt closes a channel, as a network file system's may fail for ever.
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> file.write(LATER)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.load()).isEqualTo(OF_GOLDEN);
            file.write(LATER);
            assertThat(file.load()).isEqualTo(LATER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello"})
    void shouldRefuseAFileWithoutAWholeCopy(String other) {
        byte[] file = halves(copy(LATER, 7).substring(0, 100), other);
        assertThatThrownBy(() -> ProgressText.decode(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its end is missing");
    }

    @Test
    void shouldKeepTheProgressWhenItCannotBeReplaced() throws IOException {
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            file.write(OF_GOLDEN);
        }
        // Whoever writes to this device is told that the disk is full.
        Path full = Files.createSymbolicLink(directory.resolve("s.progress.tmp"), Path.of("/dev/full"));
        try (ProgressFile file = ProgressFile.lock(directory, "s")) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> file.write(LATER)).isInstanceOf(IOException.class);
                assertThat(file.load()).isEqualTo(OF_GOLDEN);
            }
            Files.delete(full);
            file.write(LATER);
            assertThat(file.load()).isEqualTo(LATER);
        }
    }

    @Test
    void shouldSayThatACopyIsDamaged() throws IOException {
        Path path = directory.resolve("s.progress");
        Files.write(path, halves(copy(OF_GOLDEN, 6), copy(LATER, 7).substring(0, 100)));
        try (LogLines log = LogLines.capture();
                ProgressFile file = ProgressFile.lock(directory, "s")) {
            assertThat(file.load()).isEqualTo(OF_GOLDEN.passOver());
            assertThat(log.warnings()).singleElement().asString().contains(path.toString(), "its end is missing");
        }
    }

    private static Object inode(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("is empty", text -> "", "is empty"),
                damage("is something else", text -> "hello\n", "does not begin"),
                damage("is of a later version", text -> text.replace("progress 1", "progress 3"), "format"),
                damage("has another number", text -> text.replace("next-ordinal 43", "next-ordinal 44"), "checksum"),
                damage("lacks the last newline", text -> text.substring(0, text.length() - 1), "end is missing"),
                damage("lacks the last line", text -> text.substring(0, text.indexOf("crc32c")), "end is missing"),
                damage("was cut in the middle", text -> text.substring(0, text.length() / 2), "end is missing"),
                damage("has a line less", text -> text.replaceAll("file 42.*\n", ""), "checksum"),
                damage("has bytes behind its end", text -> text + "\n", "end is missing"),
                damage("is all zeros", text -> "\0".repeat(text.length()), "is empty"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void shouldRefuseAFileThat(String name, UnaryOperator<String> damage, String reason) throws IOException {
        Path path = directory.resolve("s.progress");
        Files.write(path, damage.apply(GOLDEN_1).getBytes(StandardCharsets.ISO_8859_1));
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
        byte[] good = bytes(GOLDEN_1);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            assertThatThrownBy(() -> ProgressText.decode(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldNoticeEverySingleByteChangedInACopyAndTakeTheOther() {
        String later = copy(LATER, 7);
        byte[] good = halves(copy(OF_GOLDEN, 6), later);
        for (int i = 0; i < later.length(); i++) {
            byte[] bad = good.clone();
            bad[ROOM + i] ^= 1;
            assertThat(ProgressText.decode(bad).progress()).isEqualTo(OF_GOLDEN.passOver());
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

    private static String copy(Progress progress, long write) {
        return new String(ProgressText.encode(progress, write), StandardCharsets.US_ASCII);
    }

    /** A file of the usual size. */
    private static byte[] halves(String first, String second) {
        byte[] file = Arrays.copyOf(bytes(first), 2 * ROOM);
        System.arraycopy(bytes(second), 0, file, ROOM, second.length());
        return file;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
