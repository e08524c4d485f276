package dev.millrace.http.wire;

import static dev.millrace.http.wire.RefusedRequest.invalid;

import io.netty.buffer.ByteBuf;

import dev.millrace.http.problem.ErrorCode;

/**
 * The lines of one request's head, and of the trailer behind a chunked body, as they were sent. Netty's decoder has consumed them already,
 * but it joins folded lines, lets a field without a name pass, skips any control character in front of the request, and counts no fields.
 */
final class HeadLines {

    private final int maxFields;
    private boolean requestLine;
    private int fields;

    /** @param maxFields how many header fields a request may have */
    HeadLines(int maxFields) {
        this.maxFields = maxFields;
    }

    /** Returns whether the request line was consumed. */
    boolean begun() {
        return requestLine;
    }

    /** Returns how many fields were consumed. */
    int count() {
        return fields;
    }

    void reset() {
        requestLine = false;
        fields = 0;
    }

    /**
     * Checks whole lines.
     *
     * @throws RefusedRequest if one is not allowed
     */
    void consumed(ByteBuf bytes, int from, int to) {
        int at = from;
        if (!requestLine) {
            // Some old clients send an empty line behind a body (section 2.2).
            while (at < to && (bytes.getByte(at) == '\r' || bytes.getByte(at) == '\n')) {
                at++;
            }
            if (at == to) {
                return;
            }
            if (bytes.getByte(at) <= ' ') {
                throw invalid("The request line does not begin with a method");
            }
            requestLine = true;
            at = next(bytes, at, to);
        }
        fields(bytes, at, to);
    }

    /**
     * Checks whole lines behind the request line, or behind the last chunk.
     *
     * @throws RefusedRequest if one is not allowed
     */
    void fields(ByteBuf bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte first = bytes.getByte(at);
            if (first == ' ' || first == '\t') {
                throw invalid("Header fields must not be folded");
            }
            if (first == ':') {
                throw invalid("A header field has no name");
            }
            if (first != '\r' && first != '\n' && ++fields > maxFields) {
                throw new RefusedRequest(ErrorCode.HEADERS_TOO_LARGE, "Send at most " + maxFields + " header fields");
            }
            at = next(bytes, at, to);
        }
    }

    private static int next(ByteBuf bytes, int from, int to) {
        int end = bytes.indexOf(from, to, (byte) '\n');
        return end < 0 ? to : end + 1;
    }
}
