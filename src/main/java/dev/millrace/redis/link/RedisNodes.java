package dev.millrace.redis.link;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/**
 * Asks each server that holds the service's data: the one server, the master that the sentinels name, or every primary of a
 * cluster. Over connections that live as long as the question, so that nobody's traffic is in the way, and one server that is
 * away does not hide the others.
 *
 * <p>A question takes at most twice {@code millrace.redis.timeout}, and as much again to find the servers where none that is
 * configured answers at once.
 */
@Singleton
public class RedisNodes {

    /** Questions at one time; each opens a connection to every server. */
    private static final int MOST_QUESTIONS = 16;
    private static final int NODES_AT_ONCE = 16;

    /**
     * What one server said.
     *
     * @param address {@code host:port}
     * @param value null where there is a failure
     * @param failure {@link RedisUnavailableException}, {@link RedisRefusedException}, or null
     */
    public record Answer<T>(String address, @Nullable T value, @Nullable Throwable failure) {}

    private final RedisClients clients;
    private final RedisConfig config;
    private final VertxInternal vertx;
    private final AtomicInteger questions = new AtomicInteger();

    RedisNodes(RedisClients clients, RedisConfig config, Vertx vertx) {
        this.clients = clients;
        this.config = config;
        this.vertx = (VertxInternal) vertx;
    }

    /**
     * Asks every server the same, and continues on the caller's Vert.x context. Fails only if the servers cannot be found, or if
     * too many questions are asked at one time.
     */
    public <T> Uni<List<Answer<T>>> ask(Function<OneShotConnection, Uni<T>> question) {
        return CallerContext.keep(Uni.createFrom().deferred(() -> {
            if (questions.incrementAndGet() > MOST_QUESTIONS) {
                questions.decrementAndGet();
                return Uni.createFrom().failure(new RedisUnavailableException(Reason.OVERLOADED,
                        "More than " + MOST_QUESTIONS + " calls look at Redis"));
            }
            return addresses().flatMap(all -> Uni.join()
                    .all(all.stream().map(address -> answer(address, question)).toList())
                    .usingConcurrencyOf(NODES_AT_ONCE).andFailFast())
                    .onTermination().invoke(questions::decrementAndGet);
        }));
    }

    private <T> Uni<Answer<T>> answer(String address, Function<OneShotConnection, Uni<T>> question) {
        return visit(address, clients.endpoint().db(), question).map(value -> new Answer<>(address, value, null))
                .onFailure(RedisNodes::isAnswer).recoverWithItem(failure -> new Answer<>(address, null, failure));
    }

    private static boolean isAnswer(Throwable failure) {
        return failure instanceof RedisUnavailableException || failure instanceof RedisRefusedException;
    }

    private <T> Uni<T> visit(String address, int db, Function<OneShotConnection, Uni<T>> question) {
        RedisEndpoint server = clients.endpoint().server(address, db);
        return OneShotConnection.use(vertx, clients.factory(server, OneShotConnection.MAX_IN_FLIGHT), config.timeout(),
                question);
    }

    private Uni<List<String>> addresses() {
        return switch (clients.endpoint().type()) {
            case CLUSTER -> firstOf(address -> visit(address, 0,
                    node -> node.send(Request.cmd(Command.CLUSTER).arg("SLOTS"))
                            .map(slots -> primaries(slots, address))));
            case SENTINEL -> firstOf(address -> visit(address, 0,
                    sentinel -> sentinel.send(Request.cmd(Command.SENTINEL).arg("GET-MASTER-ADDR-BY-NAME")
                            .arg(clients.endpoint().master())).map(this::master)));
            default -> Uni.createFrom().item(clients.endpoint().addresses());
        };
    }

    /** Asks all that are configured, as some may be away, and takes what is said first. */
    private Uni<List<String>> firstOf(Function<String, Uni<List<String>>> question) {
        return Uni.join().first(clients.endpoint().addresses().stream().map(question).toList()).withItem()
                .onFailure(CompositeException.class).transform(all -> all.getCauses().get(0));
    }

    private List<String> master(Response reply) {
        if (reply == null || reply.size() < 2) {
            throw new RedisUnavailableException(Reason.REFUSED,
                    "The sentinels know no master named " + clients.endpoint().master());
        }
        return List.of(address(reply.get(0).toString(), reply.get(1).toInteger()));
    }

    /**
     * The primaries by CLUSTER SLOTS: of each range its first and last slot, then the primary's host, port and id.
     *
     * @param asked who said so; a node that does not know its own host leaves it empty
     */
    static List<String> primaries(Response slots, String asked) {
        List<String> found = StreamSupport.stream(slots.spliterator(), false).map(range -> range.get(2)).map(node -> {
            String host = node.get(0) == null ? "" : node.get(0).toString();
            return host.isEmpty() || host.equals("?")
                    ? asked.substring(0, asked.lastIndexOf(':')) + ":" + node.get(1).toInteger()
                    : address(host, node.get(1).toInteger());
        }).distinct().sorted().toList();
        if (found.isEmpty()) {
            throw new RedisUnavailableException(Reason.REFUSED, "No node of the cluster has a slot");
        }
        return found;
    }

    private static String address(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
