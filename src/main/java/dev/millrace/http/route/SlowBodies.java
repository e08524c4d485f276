package dev.millrace.http.route;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.wire.ReceiveConfig;

/**
 * Ends HTTP/2 requests whose body does not arrive in time: with 408, or if a response has begun, by resetting the stream. Over HTTP/1
 * the connection itself watches that, because there the head may be slow, too.
 */
@ApplicationScoped
public class SlowBodies {

    private static final long SWEEP_MS = 200;

    private final long timeoutNanos;
    private final int minBytes;
    private final UnroutedProblems problems;
    /** The set of each event loop is touched only there. */
    private final Map<Thread, Watches> watches = new ConcurrentHashMap<>();

    SlowBodies(ReceiveConfig config, UnroutedProblems problems) {
        this.timeoutNanos = config.timeout().toNanos();
        this.minBytes = config.minBytes();
        this.problems = problems;
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.SLOW_BODIES.order()).handler(this::route);
    }

    private void route(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2 && !request.isEnded()) {
            watches.computeIfAbsent(Thread.currentThread(), loop -> new Watches())
                    .add(new Watch(context, Vertx.currentContext()));
        }
        context.next();
    }

    /**
     * The requests of one event loop whose bodies have not arrived. Looks at all of them now and then, and drops those that are over: a
     * timer of each would keep a request in memory that its client has reset, and nothing tells of every such request.
     */
    private static final class Watches {

        private final Set<Watch> open = new HashSet<>();

        void add(Watch watch) {
            if (open.isEmpty()) {
                Vertx vertx = watch.context.vertx();
                vertx.setPeriodic(SWEEP_MS, timer -> sweep(vertx, timer));
            }
            open.add(watch);
        }

        private void sweep(Vertx vertx, long timer) {
            long now = System.nanoTime();
            open.removeIf(watch -> watch.isOver() || watch.isSlow(now));
            if (open.isEmpty()) {
                vertx.cancelTimer(timer);
            }
        }
    }

    private final class Watch {

        private final RoutingContext context;
        private final Context home;
        private final HttpServerRequest request;
        private long due;
        private long bytesBefore;

        Watch(RoutingContext context, Context home) {
            this.context = context;
            this.home = home;
            this.request = context.request();
            startAgain(System.nanoTime());
        }

        private void startAgain(long now) {
            bytesBefore = request.bytesRead();
            due = now + timeoutNanos;
        }

        boolean isOver() {
            return request.isEnded() || request.response().closed();
        }

        /** Ends the request if too little of its body has arrived in time. */
        boolean isSlow(long now) {
            if (now - due < 0) {
                return false;
            }
            if (request.bytesRead() - bytesBefore >= minBytes) {
                startAgain(now);
                return false;
            }
            home.runOnContext(back -> end());
            return true;
        }

        private void end() {
            if (isOver()) {
                return;
            }
            if (request.response().headWritten()) {
                request.response().reset();
            } else {
                LingeringClose.after(request);
                problems.answer(context, new ApiException(ErrorCode.REQUEST_TIMEOUT, null));
            }
        }
    }
}
