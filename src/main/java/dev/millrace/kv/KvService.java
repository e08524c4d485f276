package dev.millrace.kv;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.RedisValues;

/**
 * Runs clients' commands. Forbidden commands are not sent. All others leave in one write, or a thousand at a time, and each command has
 * its own outcome.
 */
@Singleton
class KvService {

    /** Maximum number of KEYS commands in a request, because each scans all keys. */
    private static final int MAX_SEARCHES = 16;
    /** Number of commands of a pipeline that are sent together. The rest is not sent once the replies have used up the budget. */
    private static final int BATCH_SIZE = 1000;

    private final KvRedis redis;
    private final KvCommandTable table;
    private final KvScripts scripts;
    private final KvKeys keys;
    private final ReplyMemory memory;
    private final boolean scriptsForReaders;
    private final long maxReply;

    KvService(KvRedis redis, KvCommandTable table, KvScripts scripts, KvKeys keys, ReplyMemory memory,
            KvConfig config) {
        this.memory = memory;
        this.redis = redis;
        this.table = table;
        this.scripts = scripts;
        this.keys = keys;
        this.scriptsForReaders = config.scriptsForReaders();
        this.maxReply = memory.ofOneRequest(config);
    }

    /** Returns the memory that the replies to one request may use. The caller releases it. */
    ReplyBudget budget() {
        return new ReplyBudget(maxReply, memory);
    }

    /**
     * Runs commands in order, when subscribed to; commands of other clients may run in between.
     *
     * @param writes runs before a command that may write
     */
    Uni<List<CommandOutcome>> run(List<KvCommand> commands, boolean readOnly, ReplyBudget budget, Runnable writes) {
        return prepared(commands)
                .flatMap(kinds -> run(commands, new KvRules(kinds, readOnly, scriptsForReaders), budget, writes));
    }

    /**
     * Runs commands in order, with no commands of other clients in between. If Redis refuses to queue one of them, none is run, and the
     * Uni fails with {@link KvException}.
     *
     * @param writes runs before a command that may write
     */
    Uni<List<CommandOutcome>> transact(List<KvCommand> commands, boolean readOnly, ReplyBudget budget,
            Runnable writes) {
        return prepared(commands)
                .flatMap(kinds -> transact(commands, new KvRules(kinds, readOnly, scriptsForReaders), budget, writes));
    }

    /** Loads what the rules need to know about commands and scripts, if it is not loaded yet. */
    private Uni<Map<String, CommandKind>> prepared(List<KvCommand> commands) {
        Map<String, CommandKind> known = table.known();
        Uni<Map<String, CommandKind>> kinds = known != null ? Uni.createFrom().item(known) : table.load();
        Set<String> unknown = scripts.unknown(commands);
        return unknown.isEmpty() && !KvScripts.asksForScripts(commands)
                ? kinds
                : kinds.call(() -> scripts.learn(unknown));
    }

    private Uni<List<CommandOutcome>> run(List<KvCommand> commands, KvRules rules, ReplyBudget budget,
            Runnable writes) {
        Pipeline pipeline = new Pipeline(commands.size(), budget);
        int searches = 0;
        for (int i = 0; i < commands.size(); i++) {
            KvCommand command = commands.get(i);
            try {
                if (rules.check(command)) {
                    writes.run();
                }
                if (command.name().equals("KEYS") && command.args().size() == 1) {
                    if (++searches > MAX_SEARCHES) {
                        throw new KvException("ERR a request may contain at most " + MAX_SEARCHES + " KEYS commands");
                    }
                    pipeline.search(i, command.args().get(0));
                } else if (KvScripts.isScript(command, "FLUSH")) {
                    pipeline.flush(i, scripts.flush(command));
                } else {
                    pipeline.add(i, command,
                            scripts.rewrite(KvScans.bounded(ownDatabase(command))).request(redis.isCluster()));
                }
            } catch (KvException e) {
                pipeline.outcomes[i] = new CommandOutcome(null, e);
            }
        }
        return pipeline.run();
    }

    /** Runs steps one after the other, without nesting Unis: there may be thousands. */
    private static Uni<Void> inTurn(List<Supplier<Uni<Void>>> steps) {
        return Multi.createFrom().iterable(steps).onItem().transformToUniAndConcatenate(Supplier::get).onItem()
                .ignoreAsUni();
    }

    /** Replaces FLUSHALL by FLUSHDB, because it would empty the service's database, too. */
    private static KvCommand ownDatabase(KvCommand command) {
        return command.name().equals("FLUSHALL") ? new KvCommand("FLUSHDB", command.args()) : command;
    }

    /** The commands of a request, in steps; each step ends before the next one begins. */
    private final class Pipeline {
        private final CommandOutcome[] outcomes;
        private final ReplyBudget budget;
        private final List<Supplier<Uni<Void>>> steps = new ArrayList<>();
        private Batch batch = new Batch();
        private boolean hasSent;

        Pipeline(int size, ReplyBudget budget) {
            this.budget = budget;
            outcomes = new CommandOutcome[size];
        }

        void add(int place, KvCommand command, Request request) {
            if (batch.requests.size() == BATCH_SIZE) {
                endBatch();
            }
            batch.places.add(place);
            batch.requests.add(request);
            if (KvScripts.isScript(command, "LOAD")) {
                batch.scripts.put(place, command);
            }
        }

        void search(int place, byte[] pattern) {
            endBatch();
            steps.add(() -> step(List.of(place), () -> keys.find(pattern, budget).map(List::of)));
        }

        void flush(int place, Uni<Void> flush) {
            endBatch();
            steps.add(() -> step(List.of(place),
                    () -> flush.map(done -> List.of(new CommandOutcome(RedisValues.ok(), null)))));
        }

        Uni<List<CommandOutcome>> run() {
            endBatch();
            return inTurn(steps).map(done -> Arrays.asList(outcomes));
        }

        private void endBatch() {
            if (!batch.requests.isEmpty()) {
                Batch full = batch;
                steps.add(
                        () -> step(full.places, () -> redis.sendAll(full.requests, budget)).chain(() -> loaded(full)));
                batch = new Batch();
            }
        }

        /** Fills in the outcomes of commands, also of those that are no longer sent. Fails only if no command was sent so far. */
        private Uni<Void> step(List<Integer> places, Supplier<Uni<List<CommandOutcome>>> send) {
            Uni<List<CommandOutcome>> sent = budget.isPassed()
                    ? Uni.createFrom().item(Collections.nCopies(places.size(), budget.notRun()))
                    : send.get();
            if (hasSent) {
                sent = sent.onFailure()
                        .recoverWithItem(e -> Collections.nCopies(places.size(),
                                new CommandOutcome(null, KvReplies.exception(e))));
            }
            hasSent = true;
            return sent.invoke(found -> {
                for (int i = 0; i < found.size(); i++) {
                    outcomes[places.get(i)] = found.get(i);
                }
            }).replaceWithVoid();
        }

        /** Registers loaded scripts, and replies with the SHA-1 that the client expects. */
        private Uni<Void> loaded(Batch sent) {
            if (sent.scripts.isEmpty()) {
                return Uni.createFrom().voidItem();
            }
            List<Supplier<Uni<Void>>> loaded = new ArrayList<>();
            sent.scripts.forEach((place, command) -> {
                if (outcomes[place].failure() == null) {
                    loaded.add(() -> scripts.loaded(command)
                            .invoke(sha -> outcomes[place] = new CommandOutcome(bulk(sha), null)).replaceWithVoid());
                }
            });
            return inTurn(loaded);
        }
    }

    /** Commands that are sent together. */
    private static final class Batch {
        private final List<Integer> places = new ArrayList<>();
        private final List<Request> requests = new ArrayList<>();
        /** Commands that load scripts, by their place. */
        private final Map<Integer, KvCommand> scripts = new LinkedHashMap<>(0);
    }

    private Uni<List<CommandOutcome>> transact(List<KvCommand> commands, KvRules rules, ReplyBudget budget,
            Runnable writes) {
        if (redis.isCluster()) {
            throw new KvException("ERR transactions are not available on a cluster");
        }
        switch (table.transactions()) {
            case REFUSED -> throw KvException.notPermitted("multi");
            case UNKNOWN -> throw new KvException(503, "ERR it is unknown whether Redis allows transactions");
            case ALLOWED -> {
            }
        }
        List<Request> requests = new ArrayList<>(commands.size() + 2);
        requests.add(Request.cmd(Command.MULTI));
        for (KvCommand command : commands) {
            rules.check(command);
            if (command.name().equals("KEYS") || command.name().equals("SCRIPT")) {
                throw new KvException("ERR " + command.name() + " is not available in a transaction");
            }
            requests.add(scripts.rewrite(KvScans.bounded(ownDatabase(command))).request(redis.isCluster()));
        }
        requests.add(Request.cmd(Command.EXEC));
        writes.run();
        return redis.sendAll(requests).map(outcomes -> {
            requireBegun(outcomes.get(0).failure());
            CommandOutcome exec = budget.admit(outcomes.get(outcomes.size() - 1));
            if (budget.isPassed()) {
                throw new KvException(
                        "ERR the transaction was run, but its replies are left out: the replies to a request "
                                + "may have at most " + maxReply + " bytes");
            }
            if (exec.failure() != null) {
                // EXEC does not say why Redis did not queue a command.
                throw KvReplies.exception(outcomes.stream().map(CommandOutcome::failure)
                        .filter(failure -> RedisReply.refusal(failure) != null).findFirst().orElse(exec.failure()));
            }
            List<CommandOutcome> each = new ArrayList<>(commands.size());
            for (Response reply : requireNonNull(exec.reply())) {
                each.add(reply != null && reply.type() == ResponseType.ERROR
                        ? new CommandOutcome(null, (Throwable) reply)
                        : new CommandOutcome(reply, null));
            }
            return each;
        });
    }

    /** @param refused the error reply to MULTI, or null */
    private void requireBegun(@Nullable Throwable refused) {
        RedisRefusal refusal = RedisReply.refusal(refused);
        if (RedisReply.isError(refused) || refusal != null && refusal.isOfCommand()) {
            table.outdated();
            throw new KvException("ERR the commands were run one by one, because Redis refused MULTI: "
                    + KvReplies.exception(refused).getMessage());
        }
        if (refused != null) {
            throw KvReplies.exception(refused);
        }
    }

    private static Response bulk(String text) {
        return RedisValues.string(Buffer.buffer(text));
    }
}
