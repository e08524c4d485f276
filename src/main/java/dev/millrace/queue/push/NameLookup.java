package dev.millrace.queue.push;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Looks names up with the system's resolver, which blocks, on a few threads of its own. All who ask for a name at once are
 * answered by one look, so a name that takes long holds one thread; and there is a bound to the names that wait.
 */
@Singleton
class NameLookup {

    /** A resolver that blocks. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    static final int MAX_WAITING = 256;
    private static final int THREADS = 4;

    private final Resolver resolver;
    private final WorkerExecutor threads;
    private final Map<String, Future<List<InetAddress>>> waiting = new ConcurrentHashMap<>();

    @Inject
    NameLookup(Vertx vertx) {
        this(vertx, InetAddress::getAllByName);
    }

    NameLookup(Vertx vertx, Resolver resolver) {
        this.resolver = resolver;
        this.threads = vertx.createSharedWorkerExecutor("millrace-push-names", THREADS);
    }

    /** The addresses of a name, in the system's order; answers on any thread, and has no deadline of its own. */
    Future<List<InetAddress>> lookup(String name) {
        Future<List<InetAddress>> same = waiting.get(name);
        if (same != null) {
            return same;
        }
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(new RejectedExecutionException());
        }
        Promise<List<InetAddress>> promise = Promise.promise();
        same = waiting.putIfAbsent(name, promise.future());
        if (same != null) {
            return same;
        }
        threads.executeBlocking(() -> List.of(resolver.resolve(name)), false).onComplete(found -> {
            waiting.remove(name);
            promise.handle(found);
        });
        return promise.future();
    }
}
