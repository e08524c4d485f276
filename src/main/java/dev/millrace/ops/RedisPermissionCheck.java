package dev.millrace.ops;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

import dev.millrace.redis.RedisConnected;
import dev.millrace.redis.RedisPermissions;
import dev.millrace.redis.RedisPermissions.Permission;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.link.OneShotConnection;
import dev.millrace.redis.link.RedisNodes;

/**
 * Logs at the first connection what Redis does not allow the service to do. Queues every command in a transaction that it discards:
 * Redis checks the permissions of a command, its keys and its channels when it queues the command, and runs none. Needs no permission that
 * only administrators have, and works on Redis 6.2. Says nothing where transactions are not allowed.
 */
@ApplicationScoped
public class RedisPermissionCheck {

    private static final Logger LOG = Logger.getLogger(RedisPermissionCheck.class);

    private final RedisNodes nodes;
    private final AtomicBoolean done = new AtomicBoolean();

    RedisPermissionCheck(RedisNodes nodes) {
        this.nodes = nodes;
    }

    void run(@Observes RedisConnected event) {
        if (done.compareAndSet(false, true)) {
            nodes.ask(RedisPermissionCheck::missing).subscribe().with(answers -> {
                Set<String> missing = new TreeSet<>();
                answers.stream().map(RedisNodes.Answer::value).filter(found -> found != null)
                        .forEach(missing::addAll);
                if (answers.stream().anyMatch(answer -> answer.failure() == null)) {
                    report(missing);
                } else {
                    LOG.debug("Cannot check the permissions of the Redis user");
                }
            }, failure -> done.set(false));
        }
    }

    private static Uni<Set<String>> missing(OneShotConnection node) {
        Set<String> missing = new TreeSet<>();
        Uni<?> all = Multi.createFrom().iterable(RedisPermissions.checked()).onItem()
                .transformToUniAndConcatenate(permission -> node.send(permission.request())
                        .onFailure(RedisRefusedException.class).invoke(refused -> {
                            String what = missing(permission, String.valueOf(refused.getMessage()));
                            if (what != null) {
                                missing.add(what);
                            }
                        })
                        // Another refusal, such as that of another node of a cluster, says nothing of permissions.
                        .onFailure().recoverWithNull())
                .onItem().ignoreAsUni();
        return node.send(Request.cmd(Command.MULTI)).chain(() -> all)
                .chain(() -> node.send(Request.cmd(Command.DISCARD)))
                .map(discarded -> missing);
    }

    /** Returns what the user may not use, by the reply; null if it is allowed, and wrong in another way. */
    private static @Nullable String missing(Permission permission, String reply) {
        if (reply.contains("NOPERM") && (reply.contains(" keys ") || reply.contains("access a key"))) {
            return "~" + RedisPermissions.PATTERN;
        }
        if (reply.contains("NOPERM") && reply.contains("channel")) {
            return "&" + RedisPermissions.PATTERN;
        }
        return reply.contains("NOPERM") || reply.contains("unknown command") ? "+" + permission.name() : null;
    }

    private static void report(Collection<String> missing) {
        if (!missing.isEmpty()) {
            LOG.errorf("The Redis user lacks permissions: %s. Calls that need them fail. "
                    + "docs/operations.md lists all permissions.", String.join(" ", missing));
        }
    }
}
