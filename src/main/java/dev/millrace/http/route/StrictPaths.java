package dev.millrace.http.route;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.problem.ApiException;

/**
 * Refuses paths that two readers may read differently: some take what follows a {@code ;} for a parameter, some drop an empty or
 * dotted segment, and some replace any broken UTF-8 by the same character. Two identifiers would then share one limit.
 */
@ApplicationScoped
public class StrictPaths {

    private final UnroutedProblems problems;

    StrictPaths(UnroutedProblems problems) {
        this.problems = problems;
    }

    void register(@Observes Router router) {
        router.route("/v1/*").order(RouteOrder.STRICT_PATHS.order()).handler(this::check);
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String problem = request.authority() == null ? "the Host is missing or malformed" : problem(request.path());
        if (problem == null) {
            context.next();
        } else {
            problems.answer(context, ApiException.invalid("", "The request is refused: " + problem));
        }
    }

    /** What is ambiguous about a path as it was sent, or null. */
    static @Nullable String problem(String path) {
        if (path.indexOf(';') >= 0) {
            return "write ; in a path as %3B";
        }
        if (path.contains("//") || path.endsWith("/")) {
            return "the path has an empty segment";
        }
        // The router decodes %2e, and drops such segments, too.
        String dotted = path.indexOf('%') < 0 ? path : path.replace("%2e", ".").replace("%2E", ".");
        if (dotted.contains("/./") || dotted.contains("/../") || dotted.endsWith("/.") || dotted.endsWith("/..")) {
            return "the path has a segment of dots";
        }
        return path.indexOf('%') < 0 || isUtf8(path) ? null : "the path is not percent-encoded UTF-8";
    }

    private static boolean isUtf8(String path) {
        ByteBuffer bytes = ByteBuffer.allocate(path.length() * 4);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                bytes.put((byte) (c < 0x80 ? c : '?'));
                continue;
            }
            int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
            if (low < 0) {
                return false;
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
