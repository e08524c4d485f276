package dev.millrace.kv;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.inject.Singleton;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;

/** What Redis says of its commands (COMMAND): modules' commands and those of newer servers are known without being listed here. */
@Singleton
class KvCommandTable {

    /** What a command does to data. */
    enum Kind {
        READS,
        WRITES,
        /** It may wait for data. */
        BLOCKS,
        /** Neither: it concerns the connection or the server. */
        OTHER,
        /** It runs scripts, on a server on which they could change what others' scripts use, or on which that is not known. */
        UNSAFE,
        /** Redis does not have it. */
        UNKNOWN
    }

    private static final Logger LOG = Logger.getLogger(KvCommandTable.class);

    /** Redis says so from 7.0 on only. */
    private static final Set<String> BLOCKING = Set.of("BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN",
            "BZPOPMAX", "BZMPOP");
    /** They block only if they are told to. */
    private static final Set<String> BLOCKING_IF_TOLD = Set.of("XREAD", "XREADGROUP");

    private static final Set<String> SCRIPTS = Set.of("EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "SCRIPT");
    /** Whether a script can change what all share: up to Redis 6.2.6. Changes nothing, for there is nothing by that name. */
    private static final String PROBE = "return pcall(rawset, string, 'millrace', nil) and 1 or 0";

    /** A server may be upgraded meanwhile. */
    private static final long MAX_AGE_NANOS = Duration.ofMinutes(5).toNanos();
    /** What it did not tell or let the service do, it may soon. */
    private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();

    private final KvRedis redis;
    private final KvSeparation separation;
    private volatile @Nullable Map<String, Kind> kinds;
    private volatile Transactions transactions = Transactions.UNKNOWN;
    private volatile long staleNanos;
    private final AtomicBoolean loading = new AtomicBoolean();

    /** Whether Redis lets the service run transactions. Where MULTI is refused, what follows would run, one by one. */
    enum Transactions {
        ALLOWED,
        REFUSED,
        UNKNOWN
    }

    KvCommandTable(KvRedis redis, KvSeparation separation) {
        this.redis = redis;
        this.separation = separation;
    }

    /** As it was when the table was loaded. */
    Transactions transactions() {
        return transactions;
    }

    /** Has it loaded again for the next who asks: something was found to be otherwise. */
    void outdated() {
        transactions = Transactions.UNKNOWN;
        staleNanos = System.nanoTime();
    }

    /** Null until {@link #load} has ended for the first time. Loads it again, now and then, for those who ask later. */
    @Nullable
    Map<String, Kind> known() {
        Map<String, Kind> known = kinds;
        if (known != null && System.nanoTime() - staleNanos >= 0 && loading.compareAndSet(false, true)) {
            load().onTermination().invoke(() -> loading.set(false)).subscribe()
                    .with(loaded -> {}, failure -> LOG.debug("Asked again later", failure));
        }
        return known;
    }

    /** Asks Redis, when subscribed to. */
    Uni<Map<String, Kind>> load() {
        List<Request> questions = List.of(Request.cmd(Command.COMMAND), Request.cmd(Command.EVAL).arg(PROBE).arg(0),
                KvSeparation.question());
        return redis.sendAll(questions).call(outcomes -> separation.check(outcomes.get(2))).flatMap(
                outcomes -> askForTransactions().map(found -> learn(outcomes.get(0), outcomes.get(1), found)));
    }

    private Map<String, Kind> learn(CommandOutcome commands, CommandOutcome probe, Transactions found) {
        if (commands.failure() != null) {
            throw new KvException(503, "ERR Redis does not tell which commands it has: " + KvReplies.text(commands));
        }
        Map<String, Kind> all = new HashMap<>();
        requireNonNull(commands.reply()).forEach(command -> add(all, command));
        Response answer = probe.reply();
        boolean told = answer != null && answer.type() == ResponseType.NUMBER;
        if (answer == null || !told || answer.toInteger() != 0) {
            SCRIPTS.forEach(command -> all.put(command, Kind.UNSAFE));
        }
        transactions = found;
        boolean settled = told && (found == Transactions.ALLOWED || redis.isCluster());
        staleNanos = System.nanoTime() + (settled ? MAX_AGE_NANOS : RETRY_NANOS);
        kinds = all;
        return all;
    }

    /** Over a connection of its own: if MULTI is allowed and EXEC is not, it is of no use any more. */
    private Uni<Transactions> askForTransactions() {
        if (redis.isCluster()) {
            return Uni.createFrom().item(Transactions.REFUSED);
        }
        return redis
                .ask(link -> link.send(Request.cmd(Command.MULTI)).chain(() -> link.send(Request.cmd(Command.EXEC))))
                .map(done -> Transactions.ALLOWED)
                .onFailure(RedisRefusedException.class).recoverWithItem(Transactions.REFUSED)
                .onFailure(RedisUnavailableException.class).recoverWithItem(Transactions.UNKNOWN);
    }

    private static void add(Map<String, Kind> all, Response command) {
        Set<String> flags = new HashSet<>();
        command.get(2).forEach(flag -> flags.add(flag.toString()));
        String name = command.get(0).toString().toUpperCase(Locale.ROOT);
        boolean blocks = BLOCKING.contains(name) || flags.contains("blocking") && !BLOCKING_IF_TOLD.contains(name);
        // Redis 7 says object|encoding.
        all.put(name, blocks ? Kind.BLOCKS : kind(flags));
        if (command.size() > 9) {
            command.get(9).forEach(subcommand -> add(all, subcommand));
        }
    }

    private static Kind kind(Set<String> flags) {
        return flags.contains("admin")
                ? Kind.OTHER
                : flags.contains("write") ? Kind.WRITES : flags.contains("readonly") ? Kind.READS : Kind.OTHER;
    }

    /** What a command does, by its subcommand where Redis tells. */
    static Kind kind(Map<String, Kind> kinds, KvCommand command) {
        Kind of = kinds.get(command.name());
        if (of == null || command.name().indexOf('|') >= 0) {
            return Kind.UNKNOWN;
        }
        Kind ofSub = command.args().isEmpty() || of != Kind.OTHER
                ? null
                : kinds.get(command.name() + '|' + command.arg(0).toUpperCase(Locale.ROOT));
        return ofSub == null ? of : ofSub;
    }
}
