package dev.millrace.ratelimit.envoy;

import java.util.List;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import dev.millrace.auth.ApiKeys;
import dev.millrace.auth.Scopes;
import dev.millrace.http.route.Caller;

/**
 * Requires an API key with the scope {@code ratelimit} in the {@code authorization} metadata of a call. Returns UNAUTHENTICATED
 * without a valid key, and PERMISSION_DENIED without the scope.
 */
@ApplicationScoped
public class ApiKeyInterceptor implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Caller> CALLER = Context.key("millrace-caller");

    private final ApiKeys keys;

    ApiKeyInterceptor(ApiKeys keys) {
        this.keys = keys;
    }

    /** Returns the caller of the current call; call it before anything asynchronous. */
    static Caller caller() {
        return CALLER.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata metadata,
            ServerCallHandler<Q, A> next) {
        Caller caller = keys.authenticateFields(fields(metadata));
        if (caller == null) {
            return refuse(call, Status.UNAUTHENTICATED
                    .withDescription("Send Bearer mr_<keyId>_<secret> as authorization metadata"));
        }
        if (!caller.may(Scopes.RATELIMIT)) {
            return refuse(call, Status.PERMISSION_DENIED
                    .withDescription("The key " + caller.keyId() + " needs the scope " + Scopes.RATELIMIT));
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, metadata, next);
    }

    private static List<String> fields(Metadata metadata) {
        Iterable<String> fields = metadata.getAll(AUTHORIZATION);
        return fields == null ? List.of() : StreamSupport.stream(fields.spliterator(), false).toList();
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {
        };
    }
}
