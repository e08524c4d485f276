package dev.millrace.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Looks names up with the system's resolver, which blocks, on a few threads of its own. All who ask for a name at once are
 * answered by one look, so a name that takes long holds one thread; the names of one domain, whose servers may all be away, hold
 * two at most, and leave the others to others; and there is a bound to the names that wait.
 */
@Singleton
public class NameLookup {

    /** A resolver that blocks. */
    public interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    static final int MAX_WAITING = 256;
    static final int MAX_OF_A_DOMAIN = 64;
    private static final int THREADS = 8;
    private static final int THREADS_OF_A_DOMAIN = 2;

    private record Look(String name, Promise<List<InetAddress>> promise) {}

    /** The looks at names of one domain. */
    private static final class Domain {
        private int running;
        private final Queue<Look> waiting = new ArrayDeque<>();
    }

    private final Resolver resolver;
    private final WorkerExecutor threads;

    // Guarded by this.
    private final Map<String, Future<List<InetAddress>>> looks = new HashMap<>();
    private final Map<String, Domain> domains = new HashMap<>();

    @Inject
    public NameLookup(Vertx vertx) {
        this(vertx, InetAddress::getAllByName);
    }

    public NameLookup(Vertx vertx, Resolver resolver) {
        this.resolver = resolver;
        this.threads = vertx.createSharedWorkerExecutor("millrace-push-names", THREADS);
    }

    /** The addresses of a name, in the system's order; answers on any thread, and has no deadline of its own. */
    public synchronized Future<List<InetAddress>> lookup(String name) {
        Future<List<InetAddress>> same = looks.get(name);
        if (same != null) {
            return same;
        }
        Domain domain = domains.getOrDefault(domain(name), new Domain());
        if (looks.size() >= MAX_WAITING || domain.running + domain.waiting.size() >= MAX_OF_A_DOMAIN) {
            return Future.failedFuture(new RejectedExecutionException());
        }
        Look look = new Look(name, Promise.promise());
        looks.put(name, look.promise.future());
        if (domain.running < THREADS_OF_A_DOMAIN) {
            domain.running++;
            domains.put(domain(name), domain);
            start(look);
        } else {
            domain.waiting.add(look);
        }
        return look.promise.future();
    }

    private void start(Look look) {
        threads.executeBlocking(() -> List.of(resolver.resolve(look.name)), false).onComplete(found -> {
            over(look.name);
            look.promise.handle(found);
        });
    }

    private synchronized void over(String name) {
        looks.remove(name);
        Domain domain = domains.get(domain(name));
        Look next = domain.waiting.poll();
        if (next != null) {
            start(next);
        } else if (--domain.running == 0) {
            domains.remove(domain(name));
        }
    }

    /** The last two labels: mostly what one party's servers answer for. */
    private static String domain(String name) {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.substring(plain.lastIndexOf('.', plain.lastIndexOf('.') - 1) + 1);
    }
}
