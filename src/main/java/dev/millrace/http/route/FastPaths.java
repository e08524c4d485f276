package dev.millrace.http.route;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.arc.All;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The one Vert.x route of all {@link FastPath}s: hands a request to the one it fits, or passes it on. */
@ApplicationScoped
public class FastPaths {

    /** Larger bodies go to the REST layer, which counts them against the memory of all requests. */
    static final int MAX_BODY = 16 * 1024;

    private final FastPath[] paths;
    private final Authenticator authenticator;
    private final UnroutedProblems problems;
    private final long maxBodySize;

    FastPaths(@All List<FastPath> paths, Authenticator authenticator, UnroutedProblems problems,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.paths = paths.toArray(new FastPath[0]);
        this.authenticator = authenticator;
        this.problems = problems;
        this.maxBodySize = Math.min(MAX_BODY, maxBodySize.asLongValue());
    }

    void register(@Observes Router router) {
        // Without a path: the gates compare the path as it was sent, and Vert.x would normalize it first.
        router.route().order(RouteOrder.FAST_PATHS.order()).handler(this::route);
    }

    private void route(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpMethod method = request.method();
        String path = request.path();
        for (FastPath candidate : paths) {
            if (candidate.gate().matches(method, path)) {
                if (!serve(candidate, context, path)) {
                    context.next();
                }
                return;
            }
        }
        context.next();
    }

    private boolean serve(FastPath fastPath, RoutingContext context, String path) {
        HttpServerRequest request = context.request();
        if (!fastPath.gate().passes(request, maxBodySize)) {
            return false;
        }
        Caller caller = authenticator.caller(request.getHeader(HttpHeaders.AUTHORIZATION), fastPath.scope());
        return caller != null && fastPath.serve(context, caller, path, problems);
    }
}
