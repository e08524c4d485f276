package dev.millrace.http.route;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * One kind of request that skips the REST layer, which costs more than the rest of such a request
 * (docs/adr/0003-a-shortcut-past-the-rest-layer.md). A feature produces a bean of this type for each kind; {@link FastPaths} finds
 * them.
 *
 * <p>A request takes the fast path if the {@link Gate} lets it pass, its key has the scope, and the handler does not decline. All
 * others go on to the REST layer, which validates, gives the errors, and responds to the same request with the same status, header
 * fields and bytes: FastPathTest compares both. So a fast path could be deleted without a change of behaviour.
 */
public abstract sealed class FastPath {

    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    /** Serves requests without a body. */
    @FunctionalInterface
    public interface Handler<T> {
        /**
         * Serves a request, or declines it.
         *
         * @param caller the client that sent it
         * @param name first parameter of the path; null if the template has none
         * @param identifier second parameter of the path; null if the template has none
         * @return the result, or null to decline: then the REST layer serves the request
         */
        @Nullable
        Uni<T> serve(HttpServerRequest request, Caller caller, String name, String identifier);
    }

    /** Serves requests with a JSON body. They cannot be declined. */
    @FunctionalInterface
    public interface BodyHandler<T> {
        /**
         * Serves a request. What this throws becomes a problem, as in the REST layer.
         *
         * @param caller the client that sent it
         * @param name first parameter of the path
         * @param body at least one byte, at most {@value FastPaths#MAX_BODY}
         */
        Uni<T> serve(HttpServerRequest request, Caller caller, String name, byte[] body) throws IOException;
    }

    /** Writes results. */
    @FunctionalInterface
    public interface Writer<T> {
        /** Sets the header fields and ends the response; what can fail comes first, so that a problem has no field of a result. */
        void write(HttpServerResponse response, T result) throws IOException;
    }

    private final Gate gate;
    private final Declaration declaration;

    private FastPath(Gate gate, Declaration declaration) {
        this.gate = gate;
        this.declaration = declaration;
    }

    /**
     * Begins the declaration of a fast path for {@code GET}.
     *
     * @param template path with up to two parameters, such as <code>/v1/cache/{region}/{key}</code>; also the label of the metrics
     */
    public static Declaration get(String template) {
        return new Declaration(HttpMethod.GET, template);
    }

    /** Begins the declaration of a fast path for {@code POST}; see {@link #get}. */
    public static Declaration post(String template) {
        return new Declaration(HttpMethod.POST, template);
    }

    /** Declares who may take a fast path and what it does. */
    public static final class Declaration {
        private final HttpMethod method;
        private final String template;
        @SuppressWarnings("NullAway.Init") // Every declaration calls scope().
        private String scope;
        private boolean json;
        private boolean noStore;

        private Declaration(HttpMethod method, String template) {
            this.method = method;
            this.template = template;
        }

        /** Requires a scope of the API key; see {@code dev.millrace.auth.Scopes}. */
        public Declaration scope(String required) {
            scope = required;
            return this;
        }

        /** The response is JSON, so a client may accept that only. Otherwise it must accept everything. */
        public Declaration json() {
            json = true;
            return this;
        }

        /** Sets {@code Cache-Control: no-store} on results and problems. */
        public Declaration noStore() {
            noStore = true;
            return this;
        }

        /** Serves requests without a body. */
        public <T> FastPath serve(Handler<T> handler, Writer<T> writer) {
            return new WithoutBody<>(new Gate(method, template, json, false), this, handler, writer);
        }

        /** Serves requests with a JSON body of a known length. */
        public <T> FastPath serveBody(BodyHandler<T> handler, Writer<T> writer) {
            return new WithBody<>(new Gate(method, template, json, true), this, handler, writer);
        }
    }

    final Gate gate() {
        return gate;
    }

    final String scope() {
        return declaration.scope;
    }

    /** Serves a request that passed the gate, or returns false to decline it. */
    abstract boolean serve(RoutingContext context, Caller caller, String path, UnroutedProblems problems);

    final void begin(RoutingContext context) {
        RequestMetrics.label(declaration.template);
        if (declaration.noStore) {
            context.response().putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        }
    }

    static <T> void respond(RoutingContext context, Uni<T> result, Writer<T> writer, UnroutedProblems problems) {
        result.subscribe().with(item -> write(context, item, writer, problems),
                failure -> problems.answer(context, failure));
    }

    private static <T> void write(RoutingContext context, T item, Writer<T> writer, UnroutedProblems problems) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        try {
            writer.write(response, item);
        } catch (Throwable e) {
            // Whatever it is: nobody else would answer the client.
            problems.answer(context, e);
        }
    }

    private static final class WithoutBody<T> extends FastPath {
        private final Handler<T> handler;
        private final Writer<T> writer;

        WithoutBody(Gate gate, Declaration declaration, Handler<T> handler, Writer<T> writer) {
            super(gate, declaration);
            this.handler = handler;
            this.writer = writer;
        }

        @Override
        boolean serve(RoutingContext context, Caller caller, String path, UnroutedProblems problems) {
            @SuppressWarnings("NullAway") // A handler does not read a parameter that its template does not have.
            Uni<T> result = handler.serve(context.request(), caller, gate().name(path), gate().identifier(path));
            if (result == null) {
                return false;
            }
            begin(context);
            respond(context, result, writer, problems);
            return true;
        }
    }

    private static final class WithBody<T> extends FastPath {
        private final BodyHandler<T> handler;
        private final Writer<T> writer;

        WithBody(Gate gate, Declaration declaration, BodyHandler<T> handler, Writer<T> writer) {
            super(gate, declaration);
            this.handler = handler;
            this.writer = writer;
        }

        @Override
        boolean serve(RoutingContext context, Caller caller, String path, UnroutedProblems problems) {
            begin(context);
            HttpServerRequest request = context.request();
            Received received = new Received();
            request.exceptionHandler(broken -> {
                // The client has disconnected, so there is nobody to answer.
            });
            request.handler(received::add);
            request.endHandler(end -> {
                try {
                    respond(context, handler.serve(request, caller, requireNonNull(gate().name(path)), received.all()),
                            writer, problems);
                } catch (Throwable e) {
                    problems.answer(context, e);
                }
            });
            request.resume();
            return true;
        }
    }

    /** The bytes of a body that have arrived: one that was only announced takes no memory. */
    private static final class Received {
        private byte[] bytes = {};
        private int count;

        void add(Buffer chunk) {
            int needed = count + chunk.length();
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * count));
            }
            chunk.getBytes(bytes, count);
            count = needed;
        }

        byte[] all() {
            return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
        }
    }
}
