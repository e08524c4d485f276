package dev.millrace.redis.link;

import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.NotReplicatedException;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.ReplicatedScripts;
import dev.millrace.redis.Script;
import dev.millrace.redis.Scripts;

/**
 * Sends each script together with WAIT. Each call holds up those behind it, so they have a connection of their own. Not for a cluster, where
 * WAIT would have to go to the node of the key.
 */
@ApplicationScoped
class ReplicatedLink implements ReplicatedScripts {

    private final Scripts scripts;
    private final RedisLink link;
    private final boolean cluster;
    private final long waitMs;
    private final ContextInternal context;

    ReplicatedLink(RedisClients clients, RedisConfig config, Scripts scripts, Vertx vertx) {
        this.scripts = scripts;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.cluster = clients.endpoint().cluster();
        // Less than the deadline, past which the connection would be given up.
        this.waitMs = Math.max(1, config.timeout().toMillis() / 2);
        this.link = new RedisLink(context, clients.factory(), LinkListener.NONE, nanos -> {},
                config.maxInFlight(),
                config.timeout());
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (areSupported()) {
            link.open();
        }
    }

    void stop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent event) {
        link.close();
    }

    @Override
    public boolean areSupported() {
        return !cluster;
    }

    @Override
    public Uni<Response> run(Script script, List<String> keys, List<String> args) {
        Script current = scripts.current(script);
        return both(Scripts.request(Command.EVALSHA, current.sha1(), keys, args, null))
                .onFailure(RedisReply::isNoScript)
                .recoverWithUni(() -> both(Scripts.request(Command.EVAL, current.source(), keys, args, null)));
    }

    /** Both leave in one turn of the event loop, so they share a connection, or its loss. */
    private Uni<Response> both(Request script) {
        ContextInternal caller = ContextInternal.current();
        return Uni.createFrom().emitter(emitter -> context.runOnContext(v -> {
            Uni<Response> reply = link.send(script);
            Uni<Response> replicas = link.send(Request.cmd(Command.WAIT).arg(1).arg(waitMs));
            Uni.combine().all().unis(reply, replicas).asTuple().subscribe().with(
                    answers -> CallerContext.run(caller, () -> settle(emitter, answers.getItem1(), answers.getItem2())),
                    failure -> CallerContext.run(caller, () -> emitter.fail(failure)));
        }));
    }

    private void settle(UniEmitter<? super Response> emitter, Response reply, Response replicas) {
        if (replicas.toInteger() > 0) {
            emitter.complete(reply);
        } else {
            emitter.fail(new NotReplicatedException(waitMs));
        }
    }
}
