package dev.millrace.http.route;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

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

    private final long timeoutMs;
    private final int minBytes;
    private final UnroutedProblems problems;

    SlowBodies(ReceiveConfig config, UnroutedProblems problems) {
        this.timeoutMs = config.timeout().toMillis();
        this.minBytes = config.minBytes();
        this.problems = problems;
    }

    void register(@Observes Router router) {
        router.route().order(RouteOrder.SLOW_BODIES.order()).handler(this::route);
    }

    private void route(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2 && !request.isEnded()) {
            new Watch(context).start();
        }
        context.next();
    }

    private final class Watch {

        private final RoutingContext context;
        private final HttpServerRequest request;
        private long timer;
        private long bytesBefore;

        Watch(RoutingContext context) {
            this.context = context;
            this.request = context.request();
        }

        void start() {
            schedule();
            context.addEndHandler(ended -> {
                if (request.isEnded() || request.response().closed()) {
                    context.vertx().cancelTimer(timer);
                }
            });
        }

        private void schedule() {
            bytesBefore = request.bytesRead();
            timer = context.vertx().setTimer(timeoutMs, t -> check());
        }

        private void check() {
            if (request.isEnded() || request.response().closed()) {
                return;
            }
            if (request.bytesRead() - bytesBefore >= minBytes) {
                schedule();
            } else if (request.response().headWritten()) {
                request.response().reset();
            } else {
                LingeringClose.after(request);
                problems.answer(context, new ApiException(ErrorCode.REQUEST_TIMEOUT, null));
            }
        }
    }
}
