package dev.millrace.kv;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisInfo;
import dev.millrace.redis.link.RedisClients;
import dev.millrace.redis.link.RedisNodes;

/** Checks that a server that is configured for {@code /redis} is not the service's own under another name. */
@Singleton
class KvSeparation {

    private static final Logger LOG = Logger.getLogger(KvSeparation.class);

    private final KvRedis redis;
    private final RedisNodes nodes;
    private final int ownDatabase;

    KvSeparation(KvRedis redis, RedisNodes nodes, RedisClients clients) {
        this.redis = redis;
        this.nodes = nodes;
        this.ownDatabase = clients.endpoint().db();
    }

    /** Returns the command whose reply {@link #check} needs from the server of {@code /redis}. */
    static Request question() {
        return Request.cmd(Command.INFO).arg("server");
    }

    /** Turns Redis over HTTP off if it serves the service's own database. Does nothing if that is unknown. Never fails. */
    Uni<Void> check(CommandOutcome answer) {
        String callers = answer.reply() == null ? null : runId(answer.reply().toString());
        if (!redis.isOtherServer() || redis.database() != ownDatabase || callers == null) {
            return Uni.createFrom().voidItem();
        }
        return nodes.ask(node -> node.send(question()).map(reply -> runId(reply.toString()))).invoke(own -> {
            if (own.stream().anyMatch(node -> callers.equals(node.value()))) {
                redis.refuse();
            }
        }).replaceWithVoid().onFailure().invoke(e -> LOG.debug("Cannot compare the servers; trying again later", e))
                .onFailure()
                .recoverWithNull();
    }

    /** Returns the id of a server's run, which differs between servers and between restarts. */
    private static @Nullable String runId(String info) {
        return RedisInfo.parse(info).get("run_id");
    }
}
