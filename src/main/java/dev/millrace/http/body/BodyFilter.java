package dev.millrace.http.body;

import java.io.ByteArrayInputStream;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

import io.vertx.core.http.HttpServerRequest;

import dev.millrace.auth.CurrentCaller;

/** Reads the body of a request for the REST layer, which would copy it several times, and without a bound over all requests. */
final class BodyFilter implements ContainerRequestFilter {

    private final RequestBodies bodies;
    private final CurrentCaller caller;
    private final long maxBytes;

    BodyFilter(RequestBodies bodies, CurrentCaller caller, long maxBytes) {
        this.bodies = bodies;
        this.caller = caller;
        this.maxBytes = maxBytes;
    }

    @Override
    public void filter(ContainerRequestContext filtered) {
        ResteasyReactiveContainerRequestContext context = (ResteasyReactiveContainerRequestContext) filtered;
        ResteasyReactiveRequestContext rest = (ResteasyReactiveRequestContext) context.getServerRequestContext();
        HttpServerRequest request = rest.unwrap(HttpServerRequest.class);
        if (request.isEnded()) {
            return;
        }
        context.suspend();
        bodies.read(request, caller.keyId(), maxBytes).onComplete(read -> {
            if (read.succeeded()) {
                RequestBody body = read.result();
                rest.registerCompletionCallback(over -> body.close());
                rest.setInputStream(new BodyStream(body.bytes()));
                context.resume();
            } else {
                context.resume(read.cause());
            }
        });
    }

    /** A stream whose bytes can be had without a copy. */
    static final class BodyStream extends ByteArrayInputStream {

        BodyStream(byte[] bytes) {
            super(bytes);
        }

        byte[] all() {
            return buf;
        }
    }
}
