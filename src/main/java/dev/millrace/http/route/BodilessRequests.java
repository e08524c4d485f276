package dev.millrace.http.route;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.arc.All;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/**
 * Drops the {@code Content-Type} of requests without a body. Some clients send one, and the REST layer would respond with 415. A
 * feature can keep it with a {@link KeptContentType}.
 */
@ApplicationScoped
public class BodilessRequests {

    private final List<KeptContentType> kept;

    BodilessRequests(@All List<KeptContentType> kept) {
        this.kept = kept;
    }

    void register(@Observes Router router) {
        router.route("/v1/*").method(HttpMethod.POST).method(HttpMethod.PUT)
                .order(RouteOrder.BODILESS_REQUESTS.order()).handler(context -> {
                    HttpServerRequest request = context.request();
                    if (!Gate.hasBody(request) && !isKept(request.path())) {
                        request.headers().remove(HttpHeaders.CONTENT_TYPE);
                    }
                    context.next();
                });
    }

    private boolean isKept(String path) {
        for (KeptContentType paths : kept) {
            if (path.startsWith(paths.pathPrefix())) {
                return true;
            }
        }
        return false;
    }
}
