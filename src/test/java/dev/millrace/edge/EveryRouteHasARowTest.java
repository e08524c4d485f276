package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** Guarantees that docs/scopes.md, and so the matrix, has all that the service serves: a new route fails here until it has a row. */
@QuarkusTest
class EveryRouteHasARowTest {

    /** The operations outside the REST layer, as the table has them. */
    private static final Set<String> BESIDE_REST = Set.of(
            "GET /q/openapi", "GET /v1/cache/{region}/{key} with lease",
            "POST /redis, a command that reads", "POST /redis, any other command",
            "GET /redis/{command}, a command that reads", "GET /redis/{command}, any other command",
            "POST /redis/{command}, any other command",
            "POST /redis/pipeline, commands that read", "POST /redis/pipeline, other commands",
            "POST /redis/multi-exec, commands that read", "POST /redis/multi-exec, other commands",
            "GET /redis/subscribe/{channel}", "GET /redis/psubscribe/{pattern}", "GET /redis/monitor",
            "gRPC envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
            "gRPC grpc.health.v1.Health/Check and Watch");

    /**
     * Routes of Vert.x with a path. {@code /*} is the REST layer. The matrix has those of {@code /redis} and the OpenAPI document. Those of {@code /v1} check a path or
     * a body and pass it on. The user interface of the document is not in the package.
     */
    private static final Set<String> PATHS = Set.of("", "/redis", "/v1", "/q/openapi", "/q/openapi.json",
            "/q/openapi.yaml", "/q/openapi.yml");

    /** A class whose method handles a route, in its text. */
    private static final Pattern HANDLER = Pattern.compile("(?<=[\\[ ])(?:dev|io|org)\\.[\\w.]+(?=[$@\\]])");

    @Inject
    Routes routes;

    @ApplicationScoped
    static class Routes {
        private Router router;

        void see(@Observes Router router) {
            this.router = router;
        }

        List<Route> all() {
            return router.getRoutes();
        }
    }

    @Test
    void everyOperationOfTheDocumentHasARowAndEveryRowAnOperation() {
        Set<String> rows = ScopeTable.read().keySet().stream()
                .map(row -> row.equals(MatrixCalls.ENVOY) ? "POST /json" : row)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> operations = MatrixCalls.operations();
        operations.addAll(BESIDE_REST);
        assertEquals(String.join("\n", operations), String.join("\n", rows));
    }

    @Test
    void noOtherRouteHasAPath() {
        Set<String> paths = new TreeSet<>();
        collect(routes.all(), "", paths);
        paths.removeIf(path -> path.startsWith("/q/swagger-ui"));
        assertEquals(new TreeSet<>(PATHS), paths);
    }

    private static void collect(List<Route> routes, String prefix, Set<String> paths) {
        for (Route route : routes) {
            if (route.getPath() != null) {
                String path = (prefix + route.getPath()).replaceAll("/+\\*?$", "");
                if (route.getSubRouter() == null) {
                    paths.add(path);
                } else {
                    collect(route.getSubRouter().getRoutes(), path, paths);
                }
            }
        }
    }

    /** A route without a path sees every request, so it could serve any. */
    @Test
    void onlySharedCodeHasRoutesWithoutPath() {
        Set<String> handlers = routes.all().stream().filter(route -> route.getPath() == null)
                .flatMap(route -> HANDLER.matcher(route.toString()).results().map(MatchResult::group))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(handlers.contains("dev.millrace.http.route.FastPaths"), handlers.toString());
        handlers.removeIf(handler -> handler.startsWith("dev.millrace.http.") || handler.startsWith("io.quarkus."));
        assertEquals(Set.of(), handlers);
    }
}
