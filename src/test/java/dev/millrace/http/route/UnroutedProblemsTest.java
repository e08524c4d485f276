package dev.millrace.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Failures;

/** Vert.x routes respond with what {@link dev.millrace.http.problem.Failure} says, whether they fail or translate. */
class UnroutedProblemsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Vertx VERTX = Vertx.vertx();
    private static volatile Throwable next;
    private static HttpServer server;

    @BeforeAll
    static void start() throws Exception {
        Router router = Router.router(VERTX);
        UnroutedProblems problems = new UnroutedProblems(JSON, new MemorySize(BigInteger.valueOf(1024)));
        problems.register(router);
        router.get("/v1/answers").handler(context -> problems.answer(context, next));
        router.get("/v1/fails").handler(context -> context.fail(next));
        server = VERTX.createHttpServer().requestHandler(router).listen(0, "localhost").toCompletionStage()
                .toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> get(String path) {
        try {
            return HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + path)).build(),
                    BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void aRouteRespondsWithTheCode(Throwable failure, ErrorCode code, String detail) throws IOException {
        next = failure;
        for (String path : new String[]{"/v1/answers", "/v1/fails"}) {
            HttpResponse<String> response = get(path);

            JsonNode problem = JSON.readTree(response.body());
            assertEquals(code.status(), response.statusCode());
            assertEquals(code.code(), problem.path("code").textValue());
            assertEquals(detail, problem.path("detail").textValue());
            assertEquals(path, problem.path("instance").textValue());
            assertEquals(code.status() == 503 ? "1" : null, response.headers().firstValue("Retry-After").orElse(null));
            assertFalse(response.body().contains(Failures.SECRET));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.http.problem.Failures#all")
    void anUnexpectedFailureIsLoggedOnce(Throwable failure, ErrorCode code, String detail) {
        next = failure;
        boolean unexpected = code == ErrorCode.INTERNAL || failure instanceof jakarta.ws.rs.ServerErrorException;

        assertEquals(unexpected ? 1 : 0, Failures.logged(() -> get("/v1/answers")));
    }
}
