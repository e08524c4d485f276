package dev.millrace.http.wire;

import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/** Tells the metrics of requests that no route sees. The handlers of connections are no beans, hence this is static. */
public final class RefusedRequests {

    private static volatile IntConsumer listener = status -> {};

    private RefusedRequests() {}

    /** Calls {@code consumer} with the status of each refused request from now on, on the event loop of its connection. */
    public static void listen(IntConsumer consumer) {
        listener = consumer;
    }

    /** Returns the status with which a request was refused while a route read its body; 0 if {@code failure} is another one. */
    public static int status(@Nullable Throwable failure) {
        return failure instanceof RefusedRequest refused ? refused.code().status() : 0;
    }

    static void count(int status) {
        listener.accept(status);
    }
}
