package dev.millrace.http.wire;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;

/**
 * Vert.x' decoder, which keeps to RFC 9112 where Netty's is lenient. It passes on requests that are correct so far, and a
 * {@link RefusedRequest} in place of the first one that is not, or of the rest of its body. After that it drops all bytes: they may be
 * what another server takes for part of the refused request.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {

    private final HeadLines head;
    private boolean body;
    private @Nullable Chunks chunks;
    private boolean refused;
    /** Bytes that the fields of an incomplete head or trailer take. */
    private long partial;
    /** Where the last word of the request line ended. */
    private int wordEnd;

    StrictRequestDecoder(Http1Settings settings) {
        super(settings.decoderOptions());
        this.head = new HeadLines(settings.maxHeaderFields());
    }

    /** Returns whether a request has begun to arrive and has not arrived completely. */
    boolean isReceiving() {
        return !refused && (body || head.begun() || actualReadableBytes() > 0);
    }

    /**
     * Returns how many bytes of memory an incomplete part of a request takes.
     *
     * @param buffer bytes of the buffer that was read last, which is kept for what is left of it
     */
    long partialBytes(int buffer) {
        return refused ? 0 : actualReadableBytes() > 0 ? partial + buffer : partial;
    }

    /** Drops all that arrives from now on. */
    void refuse() {
        refused = true;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
        if (refused) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        int from = bytes.readerIndex();
        super.decode(context, bytes, out);
        try {
            check(bytes, from, bytes.readerIndex(), out);
        } catch (RefusedRequest e) {
            refused = true;
            bytes.skipBytes(bytes.readableBytes());
            out.forEach(ReferenceCountUtil::release);
            out.clear();
            out.add(e);
        }
    }

    /** One call consumes lines of a head, or bytes of a body, and not both. */
    private void check(ByteBuf bytes, int from, int to, List<Object> out) {
        for (int i = 0; i < out.size(); i++) {
            if (out.get(i) instanceof HttpObject part && part.decoderResult().isFailure()) {
                throw RefusedRequest.of(part.decoderResult().cause(), body);
            }
        }
        int before = head.count();
        if (!body) {
            head.consumed(bytes, from, to);
        } else if (chunks != null) {
            chunks.consumed(bytes, from, to);
        }
        if (!body || head.count() > 0) {
            partial += to - from + (long) HeldMemory.FIELD * (head.count() - before);
        }
        for (int i = 0; i < out.size(); i++) {
            if (out.get(i) instanceof HttpRequest request) {
                body = true;
                chunks = HttpUtil.isTransferEncodingChunked(request) ? new Chunks(head) : null;
                // The trailer has as much room as the head had.
                head.reset();
                partial = 0;
            }
            if (out.get(i) instanceof LastHttpContent) {
                body = false;
                chunks = null;
                head.reset();
                partial = 0;
            }
        }
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        wordEnd = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        wordEnd = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void requireOneSpace(byte[] line, int start) {
        if (start != wordEnd + 1 || line[wordEnd] != ' ') {
            throw RefusedRequest
                    .invalid("The request line is not method, path and version with one space between them");
        }
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        RequestRules.checkLine(line[0], line[1], line[2]);
        return super.createMessage(line);
    }

    /** Called once for each request, with all its fields. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        if (message instanceof HttpRequest request) {
            RequestRules.checkFields(request);
        }
        return super.isContentAlwaysEmpty(message);
    }
}
