package org.millrace.source.spool;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.millrace.event.Position;

/**
 * The format of the progress file. It has two copies, one in each half of the file. A new file has the same in both;
 * from then on they are written in turn, so whatever happens to the one that is being written, there is the one before.
 * A copy is lines of ASCII, each ended by a newline, fields apart by one space; what follows it in its half is zeros, or
 * left of an older copy, and means nothing.
 *
 * <pre>
 * millrace-spool-progress 2
 * write 7                                      how many writes there were, this one included
 * incarnation 5f0c2a9be1d34477                 64 bits, hexadecimal
 * next-ordinal 43
 * committed 41 1048576                         generation, offset
 * file 41 2097152 2026-11-23T09:35:33.301734153Z 37087 1048576 /var/spool/app/a%20b.log
 * file 42 ...
 * crc32c 1c291ca3                              of every byte of the copy before this line
 * </pre>
 *
 * <p>A {@code file} line has ordinal, size, time of the last change, inode, longest event, and the
 * path as in {@link PathText}. How far a file is committed follows from the committed position: all
 * of it before that generation, up to that offset in it, nothing behind it.
 *
 * <p>A file of version 1 is one copy, without {@code write}, and nothing else.
 */
final class ProgressText {
    private static final String FIRST_WORD = "millrace-spool-progress";
    private static final String FIRST_LINE = FIRST_WORD + " 2";
    private static final String FIRST_LINE_OF_VERSION_1 = FIRST_WORD + " 1";
    private static final String CHECKSUM = "crc32c ";
    /** The checksum's line: its word, eight digits, the newline. */
    private static final int CHECKSUM_LENGTH = CHECKSUM.length() + 8 + 1;

    private static final HexFormat HEX = HexFormat.of();

    private ProgressText() {}

    /**
     * What a progress file says.
     *
     * @param write the number of the write that it comes from
     * @param damage what is wrong with the other copy, which may be a later one; empty when nothing is
     */
    record Written(long write, Progress progress, Optional<String> damage) {}

    /** One half of a file. */
    private record Half(Optional<Written> copy, Optional<String> damage) {}

    /** A copy. */
    static byte[] encode(Progress progress, long write) {
        StringBuilder text = new StringBuilder(256 + 160 * progress.files().size());
        text.append(FIRST_LINE).append('\n');
        text.append("write ").append(write).append('\n');
        text.append("incarnation ")
                .append(HEX.toHexDigits(progress.incarnation()))
                .append('\n');
        text.append("next-ordinal ").append(progress.nextOrdinal()).append('\n');
        Position committed = progress.committed();
        text.append("committed ").append(committed.generation()).append(' ');
        text.append(committed.offset()).append('\n');
        for (FileInHand file : progress.files().values()) {
            FileIdentity identity = file.identity();
            text.append("file ").append(file.ordinal());
            text.append(' ').append(identity.size());
            text.append(' ').append(identity.modified());
            text.append(' ').append(identity.inode());
            text.append(' ').append(file.maxEvent());
            text.append(' ').append(PathText.encode(file.path()));
            text.append('\n');
        }
        byte[] body = text.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] checksum = (checksumLine(body, body.length) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(body, body.length + checksum.length);
        System.arraycopy(checksum, 0, whole, body.length, checksum.length);
        return whole;
    }

    /**
     * The later copy of a whole file. Where one copy is damaged it is the other, with the ordinals passed over that
     * the damaged one may have given out.
     *
     * @throws IllegalArgumentException when there is none, with the reason
     */
    static Written decode(byte[] file) {
        if (text(file).startsWith(FIRST_LINE_OF_VERSION_1 + "\n")) {
            return new Written(0, decodeWhole(file, FIRST_LINE_OF_VERSION_1), Optional.empty());
        }
        Half first = half(Arrays.copyOfRange(file, 0, file.length / 2));
        Half second = half(Arrays.copyOfRange(file, file.length / 2, file.length));
        Written later = Stream.of(first, second)
                .flatMap(half -> half.copy().stream())
                .max(Comparator.comparingLong(Written::write))
                .orElseThrow(() -> new IllegalArgumentException(
                        first.damage().or(second::damage).orElseThrow()));
        Optional<String> damage = first.damage().or(second::damage);
        return damage.isEmpty()
                ? later
                : new Written(later.write(), later.progress().passOver(), damage);
    }

    private static Half half(byte[] bytes) {
        String text = text(bytes);
        if (text.chars().allMatch(c -> c == 0)) {
            return new Half(Optional.empty(), Optional.of("it is empty"));
        }
        try {
            int end = text.indexOf("\n" + CHECKSUM) + 1;
            byte[] copy = Arrays.copyOf(bytes, end == 0 ? bytes.length : Math.min(bytes.length, end + CHECKSUM_LENGTH));
            Progress progress = decodeWhole(copy, FIRST_LINE);
            long write = Long.parseLong(fields(text(copy).lines().toList().get(1), "write", 1)[1]);
            return new Half(Optional.of(new Written(write, progress, Optional.empty())), Optional.empty());
        } catch (IllegalArgumentException e) {
            return new Half(Optional.empty(), Optional.of(e.getMessage()));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** What a copy says, of which {@code bytes} must be all. */
    private static Progress decodeWhole(byte[] bytes, String firstLine) {
        String text = text(bytes);
        if (!text.startsWith(firstLine + "\n")) {
            String found = text.lines().findFirst().orElse("");
            throw new IllegalArgumentException(
                    found.matches(FIRST_WORD + " \\d+")
                            ? "it has a format that this version does not know (" + found + ")"
                            : "it does not begin as a progress file does");
        }
        int bodyLength = bytes.length - CHECKSUM_LENGTH;
        if (bodyLength <= 0 || !text.endsWith("\n") || !text.startsWith(CHECKSUM, bodyLength)) {
            throw new IllegalArgumentException("its end is missing");
        }
        if (!text.substring(bodyLength, text.length() - 1).equals(checksumLine(bytes, bodyLength))) {
            throw new IllegalArgumentException("its checksum is wrong");
        }
        try {
            List<String> lines = text.substring(0, bodyLength).lines().toList();
            return decodeLines(lines.subList(firstLine.equals(FIRST_LINE) ? 2 : 1, lines.size()));
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("its content makes no sense (" + e.getMessage() + ")", e);
        }
    }

    private static Progress decodeLines(List<String> lines) {
        long incarnation = Long.parseUnsignedLong(fields(lines.get(0), "incarnation", 1)[1], 16);
        long nextOrdinal = Long.parseLong(fields(lines.get(1), "next-ordinal", 1)[1]);
        String[] committed = fields(lines.get(2), "committed", 2);
        NavigableMap<Long, FileInHand> files = new TreeMap<>();
        for (String line : lines.subList(3, lines.size())) {
            FileInHand file = decodeFile(fields(line, "file", 6));
            files.put(file.ordinal(), file);
        }
        return new Progress(
                incarnation,
                nextOrdinal,
                new Position(Long.parseLong(committed[1]), Long.parseLong(committed[2])),
                Collections.unmodifiableNavigableMap(files));
    }

    private static FileInHand decodeFile(String[] fields) {
        FileIdentity identity =
                new FileIdentity(Long.parseLong(fields[2]), Instant.parse(fields[3]), Long.parseLong(fields[4]));
        return new FileInHand(
                Long.parseLong(fields[1]), PathText.decode(fields[6]), identity, Integer.parseInt(fields[5]));
    }

    private static String[] fields(String line, String word, int values) {
        String[] fields = line.split(" ", -1);
        if (!fields[0].equals(word) || fields.length != values + 1) {
            throw new IllegalArgumentException("'" + word + "' expected in line '" + line + "'");
        }
        return fields;
    }

    private static String checksumLine(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return CHECKSUM + HEX.toHexDigits((int) crc.getValue());
    }
}
