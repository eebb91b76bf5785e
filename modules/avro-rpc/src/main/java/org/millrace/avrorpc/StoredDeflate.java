package org.millrace.avrorpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * A zlib stream (RFC 1950 and 1951) that compresses nothing. A server's answers are a few bytes each,
 * and a real compressor keeps 256 KiB for every connection; this one keeps nothing.
 *
 * <pre>
 * 78 01 | then for each element, in blocks: 00 | length u16 | its complement u16 | bytes
 * </pre>
 */
public final class StoredDeflate {
    private static final ByteString HEADER = ByteString.fromArrayUnsafe(new byte[] {0x78, 0x01});
    private static final int BLOCK_HEADER_BYTES = 5;
    private static final int LARGEST_BLOCK = 0xffff;

    private StoredDeflate() {}

    /** What goes in as a stream that any inflater reads; each element can be read when it is there. */
    public static Flow<ByteString, ByteString, NotUsed> flow() {
        return Flow.of(ByteString.class).map(StoredDeflate::blocks).prepend(Source.single(HEADER));
    }

    private static ByteString blocks(ByteString bytes) {
        ByteString blocks = ByteString.emptyByteString();
        for (int from = 0; from < bytes.size(); from += LARGEST_BLOCK) {
            ByteString part = bytes.slice(from, from + LARGEST_BLOCK);
            ByteBuffer header = ByteBuffer.allocate(BLOCK_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header.put((byte) 0).putShort((short) part.size()).putShort((short) ~part.size());
            blocks = blocks.concat(ByteString.fromArrayUnsafe(header.array())).concat(part);
        }
        return blocks;
    }
}
