package dev.millrace.cache;

import java.net.URI;
import java.util.concurrent.TimeoutException;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

import dev.millrace.cache.OriginAnswer.Kind;

/**
 * Asks origins. Sends nothing of the caller's; follows no redirect; reads no more than the bound; and answers within the
 * time-out, whatever the origin does.
 */
@Singleton
class OriginClient {

    private static final int CONNECT_TIMEOUT_MS = 2000;
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING = 1000;

    private final Vertx vertx;
    private final HttpClient http;
    private final long timeoutMs;

    OriginClient(Vertx vertx, CacheConfig config) {
        this.vertx = vertx;
        this.timeoutMs = config.origin().timeout().toMillis();
        this.http = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS))
                .with(new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING))
                // What goes wrong is told to who asked; the log need not say it again.
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {})).build();
    }

    /**
     * Asks for a URL; never fails.
     *
     * @param etag of what is at hand, to ask whether it is so still; empty for none
     * @param maxBytes of the body as it is sent
     */
    Uni<OriginAnswer> get(URI url, String etag, int maxBytes) {
        return Uni.createFrom().emitter(emitter -> {
            Promise<OriginAnswer> answer = Promise.promise();
            HttpClientRequest[] sent = new HttpClientRequest[1];
            long timer = vertx.setTimer(timeoutMs, t -> {
                if (answer.tryFail(new TimeoutException()) && sent[0] != null) {
                    sent[0].reset();
                }
            });
            http.request(options(url, etag)).compose(request -> {
                sent[0] = request;
                return request.send();
            }).compose(response -> read(response, maxBytes)).onComplete(done -> {
                if (done.succeeded()) {
                    answer.tryComplete(done.result());
                } else {
                    answer.tryFail(done.cause());
                }
            });
            answer.future().onComplete(done -> {
                vertx.cancelTimer(timer);
                emitter.complete(done.succeeded() ? done.result() : OriginAnswer.failed(0, reason(done.cause())));
            });
        });
    }

    private RequestOptions options(URI url, String etag) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url.toString())
                .setFollowRedirects(false).setTimeout(timeoutMs)
                .putHeader(HttpHeaders.ACCEPT, "*/*").putHeader(HttpHeaders.ACCEPT_ENCODING, "gzip")
                .putHeader(HttpHeaders.USER_AGENT, "millrace");
        return etag.isEmpty() ? options : options.putHeader(HttpHeaders.IF_NONE_MATCH, etag);
    }

    private static Future<OriginAnswer> read(HttpClientResponse response, int maxBytes) {
        int status = response.statusCode();
        String coding = response.getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean gzip = "gzip".equalsIgnoreCase(coding);
        String failure = switch (status) {
            case 200 -> coding == null || gzip || coding.equalsIgnoreCase("identity")
                    ? null
                    : "it answered in the coding " + coding + ", which was not asked for";
            case 304, 404, 410 -> null;
            default -> status >= 300 && status < 400
                    ? "it redirects (" + status + "), which is not followed"
                    : "it answered " + status;
        };
        if (failure != null) {
            response.exceptionHandler(e -> {});
            response.request().reset();
            return Future.succeededFuture(OriginAnswer.failed(status, failure));
        }
        return body(response, maxBytes).map(body -> new OriginAnswer(
                status == 200 ? Kind.OK : status == 304 ? Kind.UNCHANGED : Kind.NOTHING, status,
                header(response, HttpHeaders.CONTENT_TYPE, "application/octet-stream"), gzip,
                header(response, HttpHeaders.ETAG, ""),
                CacheDirectives.parse(response.getHeader(HttpHeaders.CACHE_CONTROL)), age(response), body, null));
    }

    /** Ends the exchange as soon as the body is larger than it may be. */
    private static Future<Buffer> body(HttpClientResponse response, int maxBytes) {
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                if (whole.tryFail(new IllegalStateException("it answered with more than " + maxBytes + " bytes"))) {
                    response.request().reset();
                }
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.endHandler(end -> whole.tryComplete(body));
        response.exceptionHandler(whole::tryFail);
        return whole.future();
    }

    private static String header(HttpClientResponse response, CharSequence name, String otherwise) {
        String value = response.getHeader(name);
        return value == null || value.length() > 256 ? otherwise : value;
    }

    private static long age(HttpClientResponse response) {
        String age = response.getHeader(HttpHeaders.AGE);
        return age != null && age.matches("\\d{1,9}") ? Long.parseLong(age) * 1000 : 0;
    }

    private String reason(Throwable failure) {
        if (failure instanceof IllegalStateException) {
            return failure.getMessage();
        }
        return failure instanceof TimeoutException
                ? "it did not answer within " + timeoutMs + " ms"
                : "it cannot be reached, or broke the exchange off";
    }
}
