package dev.millrace.kv;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

import dev.millrace.auth.Scopes;
import dev.millrace.http.body.RequestBodies;
import dev.millrace.http.body.RequestBody;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.LingeringClose;
import dev.millrace.http.route.RequestMetrics;
import dev.millrace.http.route.RouteOrder;
import dev.millrace.redis.CommandOutcome;

/**
 * The routes of {@code /redis}, which speak the Upstash REST protocol. A command is in the body or in the path. {@code /pipeline} and
 * {@code /multi-exec} take several commands. {@code /subscribe}, {@code /psubscribe} and {@code /monitor} stream events. The REST layer is
 * not used, because any path is a command here, and errors have the format of the protocol.
 */
@ApplicationScoped
public class KvRoutes {

    private static final int UNCOUNTED_WORDS = 1000;
    /** An argument with what it takes until it is sent to Redis, by estimate. */
    private static final long BYTES_OF_A_WORD = 128;
    private static final String BASE = "/redis";
    private static final String JSON = "application/json";

    /** Under this name a request carries whether it may have written. */
    private static final String WRITTEN = "millrace.kv.written";

    private final KvAccess access;
    private final KvCors cors;
    private final SyncTokens tokens = new SyncTokens();
    private final KvService service;
    private final KvListeners listeners;
    private final KvCommandReader reader;
    private final KvReplies replies;
    private final RequestBodies bodies;
    private final long maxBodySize;

    KvRoutes(KvAccess access, KvCors cors, KvService service, KvListeners listeners, KvConfig config,
            ReplyMemory memory,
            ObjectMapper json, RequestBodies bodies,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.access = access;
        this.cors = cors;
        this.service = service;
        this.listeners = listeners;
        this.reader = new KvCommandReader(json.getFactory(), config.maxCommands());
        this.replies = new KvReplies(json.getFactory(), memory.ofOneRequest(config));
        this.bodies = bodies;
        this.maxBodySize = maxBodySize.asLongValue();
    }

    void register(@Observes Router router) {
        int order = RouteOrder.REDIS_OVER_HTTP.order();
        router.route(BASE).order(order).handler(this::handle);
        router.route(BASE + "/*").order(order).handler(this::handle);
    }

    /** The format that a client wants the response in. */
    private record ResponseFormat(boolean base64, boolean resp2) {

        static ResponseFormat of(HttpServerRequest request) {
            boolean base64 = "base64".equalsIgnoreCase(request.getHeader("Upstash-Encoding"));
            boolean resp2 = "resp2".equalsIgnoreCase(request.getHeader("Upstash-Response-Format"));
            if (base64 && resp2) {
                throw new KvException("ERR Upstash-Encoding and Upstash-Response-Format exclude each other");
            }
            return new ResponseFormat(base64, resp2);
        }
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        try {
            if (!request.path().equals(BASE) && !request.path().startsWith(BASE + '/')) {
                // Vert.x matched the decoded path without dot segments, so the start of the command is unknown.
                throw new KvException("ERR the path must begin with " + BASE + ", without escapes");
            }
            String rest = request.path().length() <= BASE.length() + 1
                    ? ""
                    : request.path().substring(BASE.length() + 1);
            String word = rest.substring(0, rest.indexOf('/') < 0 ? rest.length() : rest.indexOf('/'));
            if (cors.handle(request)) {
                RequestMetrics.label(BASE);
                return;
            }
            HttpMethod method = request.method();
            boolean sends = method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT);
            if (!sends && !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
                context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD, POST, PUT");
                throw new KvException(405, "ERR the method is not allowed");
            }
            switch (word) {
                case "subscribe", "psubscribe", "monitor" -> {
                    RequestMetrics.label(BASE + '/' + word);
                    Caller caller = access.caller(request, word.equals("monitor") ? Scopes.ADMIN : Scopes.REDIS);
                    // A body is allowed and ignored.
                    request.resume();
                    listeners.listen(context, caller, word, rest.substring(Math.min(rest.length(), word.length() + 1)),
                            e -> answer(context, e));
                }
                default -> {
                    RequestMetrics
                            .label(rest.isEmpty() ? BASE : isSeveral(rest) ? BASE + '/' + rest : BASE + "/{command}");
                    Caller caller = access.caller(request, Scopes.REDIS_READ);
                    ResponseFormat format = ResponseFormat.of(request);
                    if (sends) {
                        new BodyReader(context, caller, body -> run(context, caller, format, rest, body.bytes(),
                                body::takes, body::close)).read();
                    } else {
                        run(context, caller, format, rest, new byte[0], more -> true, () -> {});
                    }
                }
            }
        } catch (Throwable e) {
            refuse(context, KvReplies.exception(e));
        }
    }

    private static boolean isSeveral(String rest) {
        return rest.equals("pipeline") || rest.equals("multi-exec");
    }

    private void run(RoutingContext context, Caller caller, ResponseFormat format, String rest, byte[] body,
            LongPredicate memory, Runnable done) {
        try {
            boolean readOnly = KvAccess.isReadOnly(caller);
            Runnable writes = () -> context.put(WRITTEN, true);
            ReplyBudget budget = service.budget();
            context.addEndHandler(written -> budget.release());
            if (rest.equals("multi-exec") && format.resp2()) {
                throw new KvException("ERR Upstash-Response-Format is not available with multi-exec");
            }
            if (isSeveral(rest)) {
                List<KvCommand> commands = reader.several(body);
                take(memory, commands);
                answer(context, rest.equals("pipeline")
                        ? service.run(commands, readOnly, budget, writes)
                        : service.transact(commands, readOnly, budget, writes), format, false, done);
            } else {
                KvCommand command = rest.isEmpty()
                        ? reader.one(body)
                        : KvCommandReader.path(rest, body, context.request().query());
                take(memory, List.of(command));
                answer(context, service.run(List.of(command), readOnly, budget, writes), format, true, done);
            }
        } catch (Throwable e) {
            done.run();
            fail(context, e);
        }
    }

    /** Many short arguments take more memory than the body that they came in. */
    private static void take(LongPredicate memory, List<KvCommand> commands) {
        long words = 0;
        for (KvCommand command : commands) {
            words += 1 + command.args().size();
        }
        if (words > UNCOUNTED_WORDS && !memory.test(words * BYTES_OF_A_WORD)) {
            throw new KvException(503,
                    "ERR The service is busy with large bodies: send this one again, or fewer at once");
        }
    }

    private void answer(RoutingContext context, Uni<List<CommandOutcome>> run, ResponseFormat format, boolean one,
            Runnable done) {
        run.onTermination().invoke(done).subscribe().with(outcomes -> {
            try {
                if (one && outcomes.get(0).failure() != null) {
                    throw KvReplies.exception(outcomes.get(0).failure());
                }
                Buffer body = format.resp2()
                        ? one ? KvReplies.resp2(outcomes.get(0)) : KvReplies.resp2(outcomes)
                        : one
                                ? replies.one(outcomes.get(0), format.base64())
                                : replies.several(outcomes, format.base64());
                end(context, 200, format.resp2() ? "application/octet-stream" : JSON, body);
            } catch (Throwable e) {
                // No other code would respond to the client.
                fail(context, e);
            }
        }, failure -> fail(context, failure));
    }

    private void fail(RoutingContext context, Throwable failure) {
        answer(context, KvReplies.exception(failure));
    }

    /** Responds to a request whose body is not read. */
    private void refuse(RoutingContext context, KvException e) {
        context.request().handler(bytes -> {});
        context.request().resume();
        answer(context, e);
    }

    private void answer(RoutingContext context, KvException e) {
        if (e.status() == 503) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        } else if (e.status() == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
        }
        end(context, e.status(), JSON, replies.error(e.getMessage()));
    }

    private void end(RoutingContext context, int status, String type, Buffer body) {
        HttpServerResponse response = context.response();
        if (response.closed() || response.ended()) {
            return;
        }
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader("upstash-sync-token", tokens.of(Boolean.TRUE.equals(context.get(WRITTEN)))).end(body);
    }

    /** Reads a body, within bounds of size and time. */
    private final class BodyReader {

        private static final long MAX_SECONDS = 60;

        private final RoutingContext context;
        private final Caller caller;
        private final Consumer<RequestBody> then;
        private boolean over;

        BodyReader(RoutingContext context, Caller caller, Consumer<RequestBody> then) {
            this.context = context;
            this.caller = caller;
            this.then = then;
        }

        void read() {
            HttpServerRequest request = context.request();
            long timer = context.vertx().setTimer(TimeUnit.SECONDS.toMillis(MAX_SECONDS), t -> {
                over = true;
                LingeringClose.after(request);
                answer(context, new KvException(408, "ERR the request took too long to arrive"));
            });
            bodies.read(request, caller.keyId(), Long.MAX_VALUE).onComplete(read -> {
                context.vertx().cancelTimer(timer);
                if (over) {
                    if (read.succeeded()) {
                        read.result().close();
                    }
                } else if (read.succeeded()) {
                    then.accept(read.result());
                } else {
                    answer(context, failure(read.cause()));
                }
            });
        }

        private KvException failure(Throwable cause) {
            return cause instanceof ApiException e && e.code() == ErrorCode.TOO_LARGE
                    ? new KvException(413, "ERR max request size exceeded: " + maxBodySize + " bytes")
                    : KvReplies.exception(cause);
        }
    }
}
