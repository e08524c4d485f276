package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.keys.ReactiveKeyCommands;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.quarkus.redis.datasource.value.SetArgs;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.encoding.Digests;
import dev.millrace.redis.Keys;

/**
 * Clients' scripts. Redis receives each script in a {@linkplain KvSandbox sandbox}, and so with another SHA-1 than the client computes.
 * This class maps the client's SHA-1 to that of Redis. For scripts that were loaded with SCRIPT LOAD, Redis keeps the mapping too, so that
 * other replicas find it.
 *
 * <p>SCRIPT FLUSH forgets the mappings, and nothing in Redis, where the service has scripts of its own. It gives the mappings that follow
 * another mark, so that those of before are ignored. A replica notices another one's flush when it next looks something up; until then, it
 * still runs what it knows.
 */
@Singleton
class KvScripts {

    /** In place of a SHA-1: names the last flush. */
    private static final String FLUSH = "flushed";
    private static final int SHA1_LENGTH = 40;
    private static final int REMEMBERED = 10_000;
    private static final int LEARNED_AT_ONCE = 64;
    /** Maximum number of SHA-1s of one request that are looked up. */
    private static final int LEARNED = 1000;
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final Set<String> BY_SHA = Set.of("EVALSHA", "EVALSHA_RO");
    private static final Set<String> BY_SOURCE = Set.of("EVAL", "EVAL_RO");

    private final ReactiveValueCommands<String, String> values;
    private final ReactiveKeyCommands<String> keys;
    private final KvSandbox sandbox = new KvSandbox();
    /** The SHA-1 that Redis has for a script, by the SHA-1 that the client has. */
    private final Map<String, String> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    });

    /** Marks the mappings since the last flush; empty if there was none. */
    private volatile String mark = "";

    KvScripts(ReactiveRedisDataSource redis) {
        this.values = redis.value(String.class);
        this.keys = redis.key();
    }

    /** Returns the SHA-1s in the commands that this replica does not know, up to a maximum. */
    Set<String> unknown(Collection<KvCommand> commands) {
        Set<String> unknown = new HashSet<>();
        for (KvCommand command : commands) {
            if (BY_SHA.contains(command.name())) {
                add(unknown, command.arg(0));
            } else if (isScript(command, "EXISTS")) {
                for (int i = 1; i < command.args().size() && unknown.size() < LEARNED; i++) {
                    add(unknown, command.arg(i));
                }
            }
        }
        return unknown;
    }

    private void add(Set<String> unknown, String sha) {
        String lower = sha.toLowerCase(Locale.ROOT);
        if (unknown.size() < LEARNED && SHA1.matcher(lower).matches() && !known.containsKey(lower)) {
            unknown.add(lower);
        }
    }

    /** Returns whether another replica may have flushed what the commands are about. */
    static boolean asksForScripts(Collection<KvCommand> commands) {
        return commands.stream().anyMatch(command -> isScript(command, "EXISTS"));
    }

    /** Looks up SHA-1s that other replicas have stored, and whether one has flushed them. */
    Uni<Void> learn(Set<String> unknown) {
        return learnMark().onFailure().recoverWithNull().chain(() -> lookUp(unknown));
    }

    private Uni<Void> learnMark() {
        return values.get(key(FLUSH)).invoke(found -> {
            if (!mark.equals(found == null ? "" : found)) {
                mark = found == null ? "" : found;
                known.clear();
            }
        }).replaceWithVoid();
    }

    private Uni<Void> lookUp(Set<String> unknown) {
        return Multi.createFrom().iterable(unknown).onItem()
                .transformToUni(sha -> values.get(key(sha)).invoke(found -> {
                    if (found != null && found.length() >= SHA1_LENGTH && found.substring(SHA1_LENGTH).equals(mark)) {
                        known.put(sha, found.substring(0, SHA1_LENGTH));
                    }
                    // Else it is unknown, and the client sends the script.
                }).onFailure().recoverWithNull()).merge(LEARNED_AT_ONCE).onItem().ignoreAsUni();
    }

    /**
     * Returns the command as Redis receives it.
     *
     * @throws KvException NOSCRIPT if the script is unknown
     */
    KvCommand rewrite(KvCommand command) {
        if (command.args().isEmpty()) {
            return command;
        }
        if (BY_SOURCE.contains(command.name())) {
            byte[] wrapped = sandbox.wrap(command.args().get(0));
            known.put(Digests.sha1Hex(command.args().get(0)), Digests.sha1Hex(wrapped));
            return with(command, 0, wrapped);
        }
        if (BY_SHA.contains(command.name())) {
            String sha = known.get(command.arg(0).toLowerCase(Locale.ROOT));
            if (sha == null) {
                throw new KvException("NOSCRIPT No matching script. Please use EVAL.");
            }
            return with(command, 0, sha.getBytes(StandardCharsets.US_ASCII));
        }
        if (isScript(command, "LOAD") && command.args().size() == 2) {
            byte[] wrapped = sandbox.wrap(command.args().get(1));
            // At once, so that the commands behind it in a pipeline may use it.
            known.put(Digests.sha1Hex(command.args().get(1)), Digests.sha1Hex(wrapped));
            return with(command, 1, wrapped);
        }
        if (isScript(command, "EXISTS")) {
            List<byte[]> args = new ArrayList<>(command.args());
            for (int i = 1; i < command.args().size(); i++) {
                // An unknown SHA-1 does not exist for the client, because it may be that of a script of the service.
                String sha = known.getOrDefault(command.arg(i).toLowerCase(Locale.ROOT), "-");
                args.set(i, sha.getBytes(StandardCharsets.US_ASCII));
            }
            return new KvCommand(command.name(), args);
        }
        return command;
    }

    /** Registers a loaded script for this replica and the others. Returns the SHA-1 that the client expects. */
    Uni<String> loaded(KvCommand load) {
        String sha = Digests.sha1Hex(load.args().get(1));
        String wrapped = Digests.sha1Hex(sandbox.wrap(load.args().get(1)));
        return learnMark()
                .chain(() -> values.set(key(sha), wrapped + mark, new SetArgs().px(KEPT)))
                // The mark must not expire before what it is part of.
                .chain(() -> mark.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : keys.pexpire(key(FLUSH), KEPT).replaceWithVoid())
                // Then the other replicas do not know the script, and their clients send it again.
                .onFailure().recoverWithNull()
                .map(done -> {
                    known.put(sha, wrapped);
                    return sha;
                });
    }

    /**
     * Forgets all scripts that clients have sent: on this replica at once, for the others when subscribed to.
     *
     * @throws KvException if the options are not those of Redis
     */
    Uni<Void> flush(KvCommand flush) {
        if (flush.args().size() > 2 || flush.args().size() == 2 && !KvCommand.isWord(flush.args().get(1), "SYNC")
                && !KvCommand.isWord(flush.args().get(1), "ASYNC")) {
            throw new KvException("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
        known.clear();
        return Uni.createFrom().deferred(() -> {
            String next = UUID.randomUUID().toString();
            mark = next;
            return values.set(key(FLUSH), next, new SetArgs().px(KEPT));
        });
    }

    static boolean isScript(KvCommand command, String subcommand) {
        return command.name().equals("SCRIPT") && !command.args().isEmpty()
                && KvCommand.isWord(command.args().get(0), subcommand);
    }

    private static KvCommand with(KvCommand command, int at, byte[] arg) {
        List<byte[]> args = new ArrayList<>(command.args());
        args.set(at, arg);
        return new KvCommand(command.name(), args);
    }

    private static String key(String sha) {
        return Keys.kvScript(sha);
    }
}
