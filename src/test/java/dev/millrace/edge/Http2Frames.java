package dev.millrace.edge;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes frames of HTTP/2 (RFC 9113, section 4.1). */
final class Http2Frames {

    private static final int CONTINUATION = 9;
    private static final int MAX_BLOCK = 16_384;

    private Http2Frames() {}

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).putInt(payload.length << 8 | type).put((byte) flags)
                .putInt(stream)
                .put(payload).array();
    }

    /** HEADERS, and CONTINUATION for what is over 16 KB. */
    static byte[] headers(int stream, boolean end, String... fields) {
        byte[] block = block(fields);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int from = 0; from < block.length; from += MAX_BLOCK) {
            int to = Math.min(block.length, from + MAX_BLOCK);
            int flags = (to == block.length ? RawHttp2.END_HEADERS : 0) | (from == 0 && end ? RawHttp2.END_STREAM : 0);
            frames.writeBytes(frame(from == 0 ? RawHttp2.HEADERS : CONTINUATION, flags, stream,
                    Arrays.copyOfRange(block, from, to)));
        }
        return frames.toByteArray();
    }

    /** Literal header fields without indexing, new names, no Huffman code (RFC 7541, section 6.2.2). */
    private static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            literal(block, fields[i]);
            literal(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        byte[] bytes = ascii(text);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** The fields of a request, a name and a value each. */
    static String[] fields(String method, String path, String... more) {
        return join(new String[]{":method", method, ":scheme", "http", ":path", path, ":authority", "localhost"}, more);
    }

    static String[] join(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
