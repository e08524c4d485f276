package dev.millrace.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.json.JsonObject;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/** The last response on a connection, to a request that no route can see. */
final class ProblemResponse {

    private ProblemResponse() {}

    static FullHttpResponse to(RefusedRequest refused) {
        ErrorCode code = refused.code();
        ByteBuf body = Unpooled.copiedBuffer(new JsonObject().put("type", code.type()).put("title", code.title())
                .put("status", code.status()).put("detail", refused.detail()).put("code", code.code()).encode(), UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(code.status()), body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
