package dev.millrace.outbound;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Looks names up with the system's resolver, which blocks, on a few threads of its own. Callers that ask for one name at the same
 * time share one lookup, so a slow name holds one thread. The names of one domain, whose servers may all be away, hold at most two
 * threads and leave the others to other domains. The number of waiting names is bounded.
 */
public final class NameLookup {

    /** A blocking resolver. */
    public interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    static final int MAX_WAITING = 256;
    static final int MAX_OF_A_DOMAIN = 64;
    private static final int THREADS = 8;
    private static final int THREADS_OF_A_DOMAIN = 2;

    private record Lookup(String name, Promise<List<InetAddress>> promise) {}

    /** The lookups of one domain's names. */
    private static final class Domain {
        private int running;
        private final Queue<Lookup> waiting = new ArrayDeque<>();
    }

    private final Resolver resolver;
    private final WorkerExecutor threads;

    // Guarded by this.
    private final Map<String, Future<List<InetAddress>>> lookups = new HashMap<>();
    private final Map<String, Domain> domains = new HashMap<>();

    /**
     * Lookups on threads of their own, so that slow names of one client delay no other client.
     *
     * @param threads name of the threads
     */
    public NameLookup(Vertx vertx, String threads) {
        this(vertx, threads, InetAddress::getAllByName);
    }

    /** Lookups with a resolver other than the system's. */
    public NameLookup(Vertx vertx, String threads, Resolver resolver) {
        this.resolver = resolver;
        this.threads = vertx.createSharedWorkerExecutor(threads, THREADS);
    }

    /**
     * Looks up the addresses of a name, in the system's order. Completes on any thread, and has no deadline of its own. Fails with
     * {@link RejectedExecutionException} if too many other names are waiting.
     */
    public synchronized Future<List<InetAddress>> lookup(String name) {
        Future<List<InetAddress>> same = lookups.get(name);
        if (same != null) {
            return same;
        }
        Domain domain = domains.getOrDefault(domain(name), new Domain());
        if (lookups.size() >= MAX_WAITING || domain.running + domain.waiting.size() >= MAX_OF_A_DOMAIN) {
            return Future.failedFuture(new RejectedExecutionException());
        }
        Lookup lookup = new Lookup(name, Promise.promise());
        lookups.put(name, lookup.promise.future());
        if (domain.running < THREADS_OF_A_DOMAIN) {
            domain.running++;
            domains.put(domain(name), domain);
            start(lookup);
        } else {
            domain.waiting.add(lookup);
        }
        return lookup.promise.future();
    }

    private void start(Lookup lookup) {
        threads.executeBlocking(() -> List.of(resolver.resolve(lookup.name)), false).onComplete(found -> {
            finished(lookup.name);
            lookup.promise.handle(found);
        });
    }

    private synchronized void finished(String name) {
        lookups.remove(name);
        Domain domain = requireNonNull(domains.get(domain(name)));
        Lookup next = domain.waiting.poll();
        if (next != null) {
            start(next);
        } else if (--domain.running == 0) {
            domains.remove(domain(name));
        }
    }

    /** The last two labels: usually the zone that one owner's servers answer for. */
    private static String domain(String name) {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.substring(plain.lastIndexOf('.', plain.lastIndexOf('.') - 1) + 1);
    }
}
