package dev.millrace.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.LaunchMode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.encoding.Digests;

/**
 * Serves the OpenAPI document at {@code /q/openapi}, without an API key. The build writes the document as YAML and as JSON, and
 * all requests share the bytes, which the first request loads. The packaged application contains no OpenAPI library. In dev
 * mode and in tests, Quarkus' extension serves the same paths instead, so that the document follows the code.
 */
@ApplicationScoped
public class ApiDocument {

    private static final String PATH = "/q/openapi";

    private final Representation yaml = new Representation("yaml");
    private final Representation json = new Representation("json");

    void register(@Observes Router router) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            for (String path : List.of(PATH, PATH + ".json", PATH + ".yaml", PATH + ".yml")) {
                router.route(path).handler(this::serve);
            }
        }
    }

    private void serve(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            context.fail(405);
            return;
        }
        Representation representation = isJson(context) ? json : yaml;
        if (representation.bytes != null) {
            representation.send(request);
        } else {
            Vertx vertx = context.vertx();
            vertx.executeBlocking(() -> representation.load(), false)
                    .onSuccess(loaded -> loaded.send(request)).onFailure(context::fail);
        }
    }

    /** A file extension decides; without one, {@code Accept} or the parameter {@code format} may ask for JSON. */
    private static boolean isJson(RoutingContext context) {
        String path = context.normalizedPath();
        if (!path.equals(PATH)) {
            return path.endsWith(".json");
        }
        context.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        return accept != null && accept.contains("application/json")
                || "json".equalsIgnoreCase(context.request().getParam("format"));
    }

    /** The document in one format. */
    private static final class Representation {

        private final String format;
        @SuppressWarnings("NullAway.Init") // load() sets it.
        private String etag;
        @SuppressWarnings("NullAway.Init") // load() sets it.
        private volatile Buffer bytes;

        Representation(String format) {
            this.format = format;
        }

        synchronized Representation load() throws IOException {
            if (bytes == null) {
                String file = "openapi/millrace." + format;
                try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(file)) {
                    if (in == null) {
                        throw new IOException("The build did not pack " + file);
                    }
                    byte[] read = in.readAllBytes();
                    etag = '"' + Digests.base64url(Digests.sha256(read), 12) + '"';
                    bytes = Buffer.buffer(read);
                }
            }
            return this;
        }

        void send(HttpServerRequest request) {
            HttpServerResponse response = request.response().putHeader(HttpHeaders.ETAG, etag);
            String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
            if (known != null && (known.contains(etag) || known.equals("*"))) {
                response.setStatusCode(304).end();
                return;
            }
            response.putHeader(HttpHeaders.CONTENT_TYPE, "application/" + format + ";charset=UTF-8");
            if (request.method().equals(HttpMethod.HEAD)) {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length())).end();
            } else {
                response.end(bytes);
            }
        }
    }
}
