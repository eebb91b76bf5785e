package org.millrace.source.spool;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.millrace.event.Position;

/**
 * The format of the progress file: lines of ASCII, each ended by a newline, fields apart by one
 * space.
 *
 * <pre>
 * millrace-spool-progress 1
 * incarnation 5f0c2a9be1d34477                 64 bits, hexadecimal
 * next-ordinal 43
 * committed 41 1048576                         generation, offset
 * file 41 2097152 2026-11-23T09:35:33.301734153Z 37087 1048576 /var/spool/app/a%20b.log
 * file 42 ...
 * crc32c 1c291ca3                              of every byte before this line
 * </pre>
 *
 * <p>A {@code file} line has ordinal, size, time of the last change, inode, longest event, and the
 * path as in {@link PathText}. How far a file is committed follows from the committed position: all
 * of it before that generation, up to that offset in it, nothing behind it.
 */
final class ProgressText {
    private static final String FIRST_LINE = "millrace-spool-progress 1";
    private static final String CHECKSUM = "crc32c ";
    /** The checksum's line: its word, eight digits, the newline. */
    private static final int CHECKSUM_LENGTH = CHECKSUM.length() + 8 + 1;

    private static final HexFormat HEX = HexFormat.of();

    private ProgressText() {}

    static byte[] encode(Progress progress) {
        StringBuilder text = new StringBuilder(256 + 160 * progress.files().size());
        text.append(FIRST_LINE).append('\n');
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
     * What {@link #encode} was given.
     *
     * @throws IllegalArgumentException when {@code bytes} are anything else, with the reason
     */
    static Progress decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.startsWith(FIRST_LINE + "\n")) {
            String firstLine = text.lines().findFirst().orElse("");
            throw new IllegalArgumentException(
                    firstLine.matches("millrace-spool-progress \\d+")
                            ? "it has a format that this version does not know (" + firstLine + ")"
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
            return decodeLines(text.substring(0, bodyLength).lines().toList());
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("its content makes no sense (" + e.getMessage() + ")", e);
        }
    }

    private static Progress decodeLines(List<String> lines) {
        long incarnation = Long.parseUnsignedLong(fields(lines.get(1), "incarnation", 1)[1], 16);
        long nextOrdinal = Long.parseLong(fields(lines.get(2), "next-ordinal", 1)[1]);
        String[] committed = fields(lines.get(3), "committed", 2);
        NavigableMap<Long, FileInHand> files = new TreeMap<>();
        for (String line : lines.subList(4, lines.size())) {
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
