package dev.millrace.http.wire;

import static dev.millrace.http.wire.RefusedRequest.invalid;

import io.netty.buffer.ByteBuf;

/**
 * Follows one chunked body as it was sent. Netty's decoder has consumed it already, but it ignores blanks and what follows them in the
 * line with the size of a chunk, so that {@code 3 5} would be 3 here and may be 5 or 35 for a proxy.
 */
final class Chunks {

    private enum Part {
        SIZE,
        DATA,
        TRAILER
    }

    private final HeadLines trailer;
    private Part part = Part.SIZE;
    /** Bytes of the chunk that are yet to come, with the line break that ends it. */
    private long left;

    /** @param trailer checks the fields behind the last chunk */
    Chunks(HeadLines trailer) {
        this.trailer = trailer;
    }

    /**
     * Checks bytes that the decoder accepted: lines with a size are whole.
     *
     * @throws RefusedRequest if a size is not one (section 7.1), or a field of the trailer is not allowed
     */
    void consumed(ByteBuf bytes, int from, int to) {
        int at = from;
        while (at < to && part != Part.TRAILER) {
            if (part == Part.SIZE) {
                int end = bytes.indexOf(at, to, (byte) '\n');
                if (end < 0) {
                    throw malformed();
                }
                long size = size(bytes, at, end);
                part = size == 0 ? Part.TRAILER : Part.DATA;
                left = size + 2;
                at = end + 1;
            } else {
                int skipped = (int) Math.min(left, to - at);
                left -= skipped;
                at += skipped;
                part = left == 0 ? Part.SIZE : Part.DATA;
            }
        }
        trailer.fields(bytes, at, to);
    }

    private static long size(ByteBuf line, int from, int end) {
        long size = 0;
        int at = from;
        for (int digit; at < end && (digit = Character.digit(line.getByte(at), 16)) >= 0; at++) {
            size = size << 4 | digit;
            if (size > Integer.MAX_VALUE) {
                throw malformed();
            }
        }
        if (at == from) {
            throw malformed();
        }
        // Blanks may stand in front of an extension.
        int behind = at;
        while (behind < end && (line.getByte(behind) == ' ' || line.getByte(behind) == '\t')) {
            behind++;
        }
        byte next = line.getByte(behind);
        if (next != ';' && !(next == '\r' && behind == at && behind == end - 1)) {
            throw malformed();
        }
        return size;
    }

    private static RefusedRequest malformed() {
        return invalid("The size of a chunk is malformed");
    }
}
