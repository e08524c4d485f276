package dev.millrace.kv;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisValues;

/** KEYS, answered by SCAN: as long as it takes, Redis serves others in between. */
@Singleton
class KvKeys {

    private static final String KEYS_PER_STEP = "1000";
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final KvRedis redis;
    private final int most;

    KvKeys(KvRedis redis, KvConfig config) {
        this.redis = redis;
        this.most = config.maxKeys();
    }

    /** The keys that match, in no order; fails if there are too many of them, or of others, to be found in time. */
    Uni<CommandOutcome> find(byte[] pattern, ReplyBudget room) {
        return redis.isCluster()
                ? failed("ERR KEYS is not available on a cluster")
                : new Search(pattern, room).from("0");
    }

    private final class Search {
        private final byte[] pattern;
        private final ReplyBudget room;
        private final long until = System.nanoTime() + DEADLINE_NANOS;
        private final Set<String> found = new LinkedHashSet<>();
        private long size = ReplyBudget.PER_VALUE;

        Search(byte[] pattern, ReplyBudget room) {
            this.pattern = pattern;
            this.room = room;
        }

        Uni<CommandOutcome> from(String cursor) {
            Request scan = Request.cmd(Command.SCAN).arg(cursor).arg("MATCH").arg(pattern).arg("COUNT")
                    .arg(KEYS_PER_STEP);
            return redis.sendAll(List.of(scan)).flatMap(outcomes -> {
                CommandOutcome outcome = outcomes.get(0);
                if (outcome.failure() != null) {
                    return Uni.createFrom().item(outcome);
                }
                Response reply = requireNonNull(outcome.reply());
                reply.get(1).forEach(this::add);
                String next = reply.get(0).toString();
                if (found.size() > most) {
                    return failed("ERR more than " + most + " keys match; use SCAN");
                }
                if (next.equals("0") || !room.has(size)) {
                    return Uni.createFrom().item(room.admit(new CommandOutcome(array(found), null)));
                }
                return System.nanoTime() - until > 0
                        ? failed("ERR there are too many keys to look through; use SCAN")
                        : from(next);
            });
        }

        private void add(Response key) {
            // SCAN may tell a key twice. Latin-1 keeps the bytes as they are.
            String name = key.toString(StandardCharsets.ISO_8859_1);
            if (found.add(name)) {
                size += ReplyBudget.PER_VALUE + name.length();
            }
        }
    }

    private static Uni<CommandOutcome> failed(String text) {
        return Uni.createFrom().item(new CommandOutcome(null, new KvException(text)));
    }

    private static Response array(Set<String> keys) {
        return RedisValues.array(
                keys.stream().map(key -> RedisValues.string(Buffer.buffer(key, "ISO-8859-1"))).toList());
    }
}
