package dev.millrace.kv;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.link.CallerContext;

/**
 * The kinds of all commands, as Redis reports them (COMMAND). So commands of modules and of newer servers need no list here.
 * All callers that need the table at the same time wait for one load: it takes a connection of its own and a reply of some 100 KB.
 */
@Singleton
class KvCommandTable {

    private static final Logger LOG = Logger.getLogger(KvCommandTable.class);

    /** Redis flags them as blocking only from 7.0 on. */
    private static final Set<String> BLOCKING = Set.of("BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN",
            "BZPOPMAX", "BZMPOP");
    /** They block only with the option BLOCK. */
    private static final Set<String> BLOCKING_WITH_OPTION = Set.of("XREAD", "XREADGROUP");

    private static final Set<String> SCRIPTS = Set.of("EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "SCRIPT");
    /** Returns 1 if a script can change what all scripts share, as up to Redis 6.2.6. Changes nothing, because the name does not exist. */
    private static final String PROBE = "return pcall(rawset, string, 'millrace', nil) and 1 or 0";

    /** The table is loaded again after this time, because the server may have been upgraded. */
    private static final long MAX_AGE_NANOS = Duration.ofMinutes(5).toNanos();
    /** The table is loaded again after this time if Redis left something unknown or refused something. */
    private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();
    /** For how long the load of the start waits for a connection, and how often it looks for one. */
    private static final long START_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long START_PAUSE_MS = 20;

    private final KvRedis redis;
    private final KvSeparation separation;
    private final Vertx vertx;
    private volatile @Nullable Map<String, CommandKind> kinds;
    private volatile TransactionSupport transactions = TransactionSupport.UNKNOWN;
    private volatile long staleNanos;
    private volatile boolean hasAsked;
    /** The load that is under way; null if there is none. */
    private final AtomicReference<@Nullable Uni<Map<String, CommandKind>>> loading = new AtomicReference<>();

    KvCommandTable(KvRedis redis, KvSeparation separation, Vertx vertx) {
        this.redis = redis;
        this.separation = separation;
        this.vertx = vertx;
    }

    /** Loads the table as soon as a connection is open, so that the first callers need not wait for it. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE + 1) StartupEvent event) {
        inBackground(shared(askAtStart(System.nanoTime())).onTermination().invoke(() -> hasAsked = true));
    }

    /** Returns whether the load of the start has ended, with success or not. It ends soon. */
    boolean hasAsked() {
        return hasAsked;
    }

    /** Returns whether Redis runs transactions, as of the last load. */
    TransactionSupport transactions() {
        return transactions;
    }

    /** Invalidates the table, because it was found to be wrong. The next caller reloads it. */
    void outdated() {
        transactions = TransactionSupport.UNKNOWN;
        staleNanos = System.nanoTime();
    }

    /** Returns the table, or null until {@link #load} has completed once. Reloads an old table in the background. */
    @Nullable
    Map<String, CommandKind> known() {
        Map<String, CommandKind> known = kinds;
        if (known != null && System.nanoTime() - staleNanos >= 0 && loading.get() == null) {
            inBackground(load());
        }
        return known;
    }

    private static void inBackground(Uni<Map<String, CommandKind>> load) {
        load.subscribe().with(loaded -> {},
                failure -> LOG.debug("Cannot load the table of commands; trying again later", failure));
    }

    /** Loads the table from Redis, when subscribed to, or waits for the load that is under way. */
    Uni<Map<String, CommandKind>> load() {
        return CallerContext.keep(Uni.createFrom().deferred(() -> shared(ask())));
    }

    /** Returns the load that is under way, or begins this one. */
    private Uni<Map<String, CommandKind>> shared(Uni<Map<String, CommandKind>> load) {
        Uni<Map<String, CommandKind>> added = load.onTermination().invoke(() -> loading.set(null)).memoize()
                .indefinitely();
        Uni<Map<String, CommandKind>> before = loading.compareAndExchange(null, added);
        return before == null ? added : before;
    }

    private Uni<Map<String, CommandKind>> askAtStart(long sinceNanos) {
        return ask()
                .onFailure(failure -> isDown(failure) && System.nanoTime() - sinceNanos < START_NANOS)
                .recoverWithUni(() -> pause().chain(() -> askAtStart(sinceNanos)));
    }

    private static boolean isDown(Throwable failure) {
        return failure instanceof RedisUnavailableException e && e.reason() == Reason.DOWN;
    }

    /** A timer of the event loop: Mutiny's own timer would continue on another thread. */
    private Uni<Void> pause() {
        return Uni.createFrom().emitter(emitter -> vertx.setTimer(START_PAUSE_MS, t -> emitter.complete(null)));
    }

    private Uni<Map<String, CommandKind>> ask() {
        return Uni.createFrom().deferred(() -> {
            List<Request> questions = List.of(Request.cmd(Command.COMMAND),
                    Request.cmd(Command.EVAL).arg(PROBE).arg(0), KvSeparation.question());
            return redis.sendAll(questions).call(outcomes -> separation.check(outcomes.get(2))).flatMap(
                    outcomes -> askForTransactions().map(found -> learn(outcomes.get(0), outcomes.get(1), found)));
        });
    }

    private Map<String, CommandKind> learn(CommandOutcome commands, CommandOutcome probe, TransactionSupport found) {
        if (commands.failure() != null) {
            throw new KvException(503, "ERR Redis does not report its commands: " + KvReplies.text(commands));
        }
        Map<String, CommandKind> all = new HashMap<>();
        requireNonNull(commands.reply()).forEach(command -> add(all, command));
        Response answer = probe.reply();
        boolean known = answer != null && answer.type() == ResponseType.NUMBER;
        if (answer == null || !known || answer.toInteger() != 0) {
            SCRIPTS.forEach(command -> all.put(command, CommandKind.UNSAFE));
        }
        transactions = found;
        boolean settled = known && (found == TransactionSupport.ALLOWED || redis.isCluster());
        staleNanos = System.nanoTime() + (settled ? MAX_AGE_NANOS : RETRY_NANOS);
        kinds = all;
        return all;
    }

    /** Uses a separate connection: if MULTI is allowed and EXEC is not, the connection cannot be used any more. */
    private Uni<TransactionSupport> askForTransactions() {
        if (redis.isCluster()) {
            return Uni.createFrom().item(TransactionSupport.REFUSED);
        }
        return redis
                .ask(link -> link.send(Request.cmd(Command.MULTI)).chain(() -> link.send(Request.cmd(Command.EXEC))))
                .map(done -> TransactionSupport.ALLOWED)
                .onFailure(RedisRefusedException.class).recoverWithItem(TransactionSupport.REFUSED)
                .onFailure(RedisUnavailableException.class).recoverWithItem(TransactionSupport.UNKNOWN);
    }

    private static void add(Map<String, CommandKind> all, Response command) {
        Set<String> flags = new HashSet<>();
        command.get(2).forEach(flag -> flags.add(flag.toString()));
        String name = command.get(0).toString().toUpperCase(Locale.ROOT);
        boolean blocks = BLOCKING.contains(name) || flags.contains("blocking") && !BLOCKING_WITH_OPTION.contains(name);
        // Redis 7 reports subcommands, such as object|encoding.
        all.put(name, blocks ? CommandKind.BLOCKS : kind(flags));
        if (command.size() > 9) {
            command.get(9).forEach(subcommand -> add(all, subcommand));
        }
    }

    private static CommandKind kind(Set<String> flags) {
        return flags.contains("admin")
                ? CommandKind.OTHER
                : flags.contains("write")
                        ? CommandKind.WRITES
                        : flags.contains("readonly") ? CommandKind.READS : CommandKind.OTHER;
    }

    /** Returns the kind of a command, or of its subcommand if Redis reports that. */
    static CommandKind kind(Map<String, CommandKind> kinds, KvCommand command) {
        CommandKind of = kinds.get(command.name());
        if (of == null || command.name().indexOf('|') >= 0) {
            return CommandKind.UNKNOWN;
        }
        CommandKind ofSub = command.args().isEmpty() || of != CommandKind.OTHER
                ? null
                : kinds.get(command.name() + '|' + command.arg(0).toUpperCase(Locale.ROOT));
        return ofSub == null ? of : ofSub;
    }
}
