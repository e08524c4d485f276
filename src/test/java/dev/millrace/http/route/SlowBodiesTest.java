package dev.millrace.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.WeakReference;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.wire.ReceiveConfig;

/** Guarantees for HTTP/2 bodies that stop: 408 if nothing was sent, else the end of the stream, and the connection stays. */
class SlowBodiesTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static HttpServer server;
    private static HttpClient client;

    private record Settings(int maxHeaderFields, Duration timeout, int minBytes) implements ReceiveConfig {}

    @BeforeAll
    static void start() throws Exception {
        Router router = Router.router(VERTX);
        new SlowBodies(new Settings(100, Duration.ofMillis(100), 10), problems()).register(router);
        router.post("/reads").handler(context -> context.request().body()
                .onSuccess(body -> context.response().end(body)));
        router.post("/refuses").handler(context -> context.response().setStatusCode(401).end());
        server = await(VERTX.createHttpServer().requestHandler(router).listen(0, "localhost"));
        client = VERTX.createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false).setHttp2MaxPoolSize(1));
    }

    private static UnroutedProblems problems() {
        return new UnroutedProblems(new ObjectMapper(), new MemorySize(BigInteger.valueOf(1024)));
    }

    @AfterAll
    static void stop() throws Exception {
        await(VERTX.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static HttpClientRequest post(String path) throws Exception {
        HttpClientRequest request = await(client.request(HttpMethod.POST, server.actualPort(), "localhost", path));
        request.setChunked(true);
        await(request.write("x"));
        return request;
    }

    @Test
    void aBodyThatStopsIsRefused() throws Exception {
        for (int i = 0; i < 2; i++) {
            HttpClientResponse response = await(post("/reads").response());

            assertEquals(408, response.statusCode());
            assertEquals("application/problem+json", response.getHeader("Content-Type"));
        }
    }

    @Test
    void aBodyThatStopsBehindItsResponseEndsTheStream() throws Exception {
        HttpClientRequest request = post("/refuses");
        Promise<Void> reset = Promise.promise();
        request.exceptionHandler(reset::tryFail);

        assertEquals(401, await(request.response()).statusCode());
        ExecutionException ended = assertThrows(ExecutionException.class, () -> await(reset.future()));
        assertInstanceOf(StreamResetException.class, ended.getCause());
    }

    /** A deadline keeps nothing of a request that its client has reset. */
    @Test
    void aRequestThatIsOverIsNotKept() throws Exception {
        Router router = Router.router(VERTX);
        new SlowBodies(new Settings(100, Duration.ofHours(1), 10), problems()).register(router);
        Promise<WeakReference<RoutingContext>> received = Promise.promise();
        // As a layer in between does that has a handler of its own.
        router.post("/").handler(context -> {
            context.response().endHandler(ended -> {}).closeHandler(closed -> {}).exceptionHandler(failed -> {});
            received.complete(new WeakReference<>(context));
        });
        HttpServer other = await(VERTX.createHttpServer().requestHandler(router).listen(0, "localhost"));
        HttpClientRequest request = await(client.request(HttpMethod.POST, other.actualPort(), "localhost", "/"));
        request.setChunked(true);
        await(request.write("x"));
        WeakReference<RoutingContext> context = await(received.future());

        request.reset();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return context.get() == null;
        });
    }

    @Test
    void aBodyThatArrivesIsServed() throws Exception {
        HttpClientRequest request = post("/reads");
        // The client must ask for the body before the response arrives, or it loses the body.
        Future<Buffer> body = request.response().compose(HttpClientResponse::body);
        await(request.end("y"));

        assertEquals("xy", await(body).toString());
    }
}
