package dev.millrace.redis.link;

import java.time.Duration;
import java.util.Map;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisInfo;

/**
 * Looks at Redis through a connection of its own, so that neither a busy service makes Redis look slow nor the look
 * waits behind traffic. Looks at most once a second, however often it is asked.
 */
@ApplicationScoped
public class RedisProbe {

    private static final Duration CACHED = Duration.ofSeconds(1);

    /**
     * What was seen.
     *
     * @param info the fields of INFO; empty if Redis did not answer
     * @param latencyMicros of that command
     * @param failure why there is no answer, or null
     */
    public record Sight(Map<String, String> info, long latencyMicros, @Nullable String failure) {

        public boolean isUp() {
            return failure == null;
        }
    }

    private final RedisClients clients;
    private final RedisConfig config;
    private final VertxInternal vertx;
    @SuppressWarnings("NullAway.Init") // start() sets it.
    private RedisLink link;
    private volatile @Nullable Uni<Sight> last;
    private long lastAt;

    RedisProbe(RedisClients clients, RedisConfig config, Vertx vertx) {
        this.clients = clients;
        this.config = config;
        this.vertx = (VertxInternal) vertx;
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        ContextInternal context = vertx.createEventLoopContext();
        link = new RedisLink(context, clients.factory(), LinkListener.NONE, ns -> {}, 16, config.timeout());
        link.open();
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        link.close();
    }

    /** What Redis looks like, at most a second ago. Never fails. */
    public synchronized Uni<Sight> look() {
        long now = System.nanoTime();
        if (last == null || now - lastAt > CACHED.toNanos()) {
            lastAt = now;
            last = Uni.createFrom().deferred(this::lookNow).memoize().indefinitely();
        }
        return last;
    }

    private Uni<Sight> lookNow() {
        long start = System.nanoTime();
        return link.send(Request.cmd(Command.INFO))
                .map(reply -> new Sight(RedisInfo.parse(reply.toString()), (System.nanoTime() - start) / 1000, null))
                .onFailure().recoverWithItem(e -> new Sight(Map.of(), 0, e.getMessage()));
    }
}
