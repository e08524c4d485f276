package dev.millrace.http.route;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/**
 * Drops the {@code Content-Type} of requests without a body. Some clients send one, and the REST layer would respond with 415. An
 * entry of the cache keeps its type, because it may have no bytes.
 */
@ApplicationScoped
public class BodilessRequests {

    private static final String CACHE = "/v1/cache/";

    void register(@Observes Router router) {
        router.route("/v1/*").method(HttpMethod.POST).method(HttpMethod.PUT)
                .order(RouteOrder.BODILESS_REQUESTS.order()).handler(context -> {
                    HttpServerRequest request = context.request();
                    if (!Gate.hasBody(request) && !request.path().startsWith(CACHE)) {
                        request.headers().remove(HttpHeaders.CONTENT_TYPE);
                    }
                    context.next();
                });
    }
}
