package dev.millrace.http.route;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.wire.RefusedRequests;
import dev.millrace.metrics.Gauges;

/**
 * {@code http_server_requests_seconds{method,uri,status,outcome}}, under the name and labels Quarkus gives it, but bounded:
 * a {@code uri} is the template of a resource or one of a few words, a {@code method} one that HTTP has. With Quarkus' own metrics,
 * any client can create an unlimited number of time series.
 */
@ApplicationScoped
public class RequestMetrics {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String[] OUTCOMES = {"UNKNOWN", "INFORMATIONAL", "SUCCESS", "REDIRECTION", "CLIENT_ERROR",
            "SERVER_ERROR"};
    private static final Duration[] BUCKETS = LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
            .mapToObj(Duration::ofMillis).toArray(Duration[]::new);

    /** Where the REST layer puts the template of the resource it found. */
    private static final String TEMPLATE = "UrlPathTemplate";
    /** Where the request at hand is, for {@link #ending}. */
    private static final String SERVED = "millrace.served";
    private static final String UNMATCHED = "unmatched";
    private static final String GRPC = "grpc";
    /** Requests that no route sees, because HTTP/1.1 forbids them. */
    private static final String REFUSED = "refused";
    private static final String OTHER = "OTHER";

    private record Labels(String method, String uri, int status) {}

    private final MeterRegistry registry;
    private final Map<Labels, Timer> timers = new ConcurrentHashMap<>();
    private final LongAdder active = new LongAdder();

    RequestMetrics(MeterRegistry registry, Gauges gauges) {
        this.registry = registry;
        gauges.add("http.server.active.requests", "Requests being served", active, LongAdder::sum);
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.METRICS.order()).handler(this::time);
        RefusedRequests.listen(status -> timer(new Labels(OTHER, REFUSED, status)).record(Duration.ZERO));
    }

    /** Labels the request at hand with the template of its path, for routes that are not the REST layer's. */
    public static void label(String template) {
        Vertx.currentContext().putLocal(TEMPLATE, template);
    }

    private static String uri(Context context, HttpServerRequest request) {
        String template = context.getLocal(TEMPLATE);
        if (template != null) {
            return template;
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith("application/grpc") ? GRPC : UNMATCHED;
    }

    /**
     * Returns what counts the request at hand, once it has ended. A response has one handler for its end and one for a client that
     * disconnects: code that sets one of them replaces that of this class, and must run this in its own.
     */
    public static Runnable ending() {
        Context context = Vertx.currentContext();
        Served served = context == null ? null : context.getLocal(SERVED);
        return served == null ? () -> {} : served;
    }

    /** Runs an action once the request at hand has ended, or its client has disconnected. On the event loop of the request. */
    public static void whenEnded(Runnable action) {
        Context context = Vertx.currentContext();
        Served served = context == null ? null : context.getLocal(SERVED);
        if (served != null) {
            served.whenEnded(action);
        }
    }

    private void time(RoutingContext routing) {
        Served served = new Served(routing, Vertx.currentContext());
        served.context.putLocal(SERVED, served);
        active.increment();
        routing.addEndHandler(ended -> served.end(RefusedRequests.status(ended.cause())));
        routing.next();
    }

    /** A request being served. Ends once, however often it is told to. */
    private final class Served implements Runnable {
        private final RoutingContext routing;
        private final Context context;
        private final long start = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private Runnable then = () -> {};

        Served(RoutingContext routing, Context context) {
            this.routing = routing;
            this.context = context;
        }

        void whenEnded(Runnable action) {
            if (ended.get()) {
                action.run();
            } else {
                Runnable before = then;
                then = () -> {
                    before.run();
                    action.run();
                };
            }
        }

        @Override
        public void run() {
            end(0);
        }

        /** @param refused the status of the response that the connection sent in place of the route; 0 if it sent none */
        void end(int refused) {
            if (ended.compareAndSet(false, true)) {
                active.decrement();
                then.run();
                String method = routing.request().method().name();
                timer(new Labels(METHODS.contains(method) ? method : OTHER, uri(context, routing.request()),
                        refused == 0 ? routing.response().getStatusCode() : refused))
                        .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
        }
    }

    private Timer timer(Labels labels) {
        Timer timer = timers.get(labels);
        return timer != null ? timer : timers.computeIfAbsent(labels, this::register);
    }

    private Timer register(Labels labels) {
        return Timer.builder("http.server.requests").description("Requests served")
                .tag("method", labels.method()).tag("uri", labels.uri())
                .tag("status", Integer.toString(labels.status()))
                .tag("outcome", OUTCOMES[Math.max(0, Math.min(5, labels.status() / 100))])
                .serviceLevelObjectives(BUCKETS).register(registry);
    }
}
