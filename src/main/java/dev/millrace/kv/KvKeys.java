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

/** Runs KEYS as a series of SCANs, so that Redis serves other clients in between. */
@Singleton
class KvKeys {

    private static final String KEYS_PER_STEP = "1000";
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final KvRedis redis;
    private final int maxKeys;

    KvKeys(KvRedis redis, KvConfig config) {
        this.redis = redis;
        this.maxKeys = config.maxKeys();
    }

    /** Returns the matching keys in no particular order. Fails if too many keys match, or if the scan takes too long. */
    Uni<CommandOutcome> find(byte[] pattern, ReplyBudget budget) {
        return redis.isCluster()
                ? failed("ERR KEYS is not available on a cluster")
                : new KeySearch(pattern, budget).from("0");
    }

    private final class KeySearch {
        private final byte[] pattern;
        private final ReplyBudget budget;
        private final long until = System.nanoTime() + DEADLINE_NANOS;
        private final Set<String> found = new LinkedHashSet<>();
        private long size = ReplyBudget.PER_VALUE;

        KeySearch(byte[] pattern, ReplyBudget budget) {
            this.pattern = pattern;
            this.budget = budget;
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
                if (found.size() > maxKeys) {
                    return failed("ERR more than " + maxKeys + " keys match; use SCAN");
                }
                if (next.equals("0") || !budget.has(size)) {
                    return Uni.createFrom().item(budget.admit(new CommandOutcome(array(found), null)));
                }
                return System.nanoTime() - until > 0
                        ? failed("ERR there are too many keys to scan; use SCAN")
                        : from(next);
            });
        }

        private void add(Response key) {
            // SCAN may return a key twice. Latin-1 preserves the bytes.
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
