package dev.millrace.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Ignores the media type of a body that is not there: many clients send one with every POST. */
@ApplicationScoped
public class EmptyBodies {

    void register(@Observes Router router) {
        router.route("/v1/*").order(-2).handler(EmptyBodies::ignoreMediaType);
    }

    private static void ignoreMediaType(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (isEmpty(request) && request.headers().contains(HttpHeaders.CONTENT_TYPE)) {
            request.headers().remove(HttpHeaders.CONTENT_TYPE);
        }
        context.next();
    }

    /** Whether the request announces that it has no body. */
    public static boolean isEmpty(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return length.equals("0");
        }
        return request.version().alpnName().startsWith("http/1")
                && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }
}
