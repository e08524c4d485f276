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
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.quarkus.redis.datasource.value.SetArgs;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

import dev.millrace.encoding.Digests;
import dev.millrace.redis.Keys;

/**
 * Callers' scripts. Redis gets each in a {@linkplain KvSandbox sandbox}, hence under another SHA-1 than the caller knows; which
 * belongs to which is remembered here, and of scripts that were loaded for later use, in Redis, too, for the other replicas.
 */
@Singleton
class KvScripts {

    private static final int REMEMBERED = 10_000;
    private static final int LEARNED_AT_ONCE = 64;
    /** Of the SHA-1s of one request. */
    private static final int LEARNED = 1000;
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final Set<String> BY_SHA = Set.of("EVALSHA", "EVALSHA_RO");
    private static final Set<String> BY_SOURCE = Set.of("EVAL", "EVAL_RO");

    private final ReactiveValueCommands<String, String> values;
    private final KvSandbox sandbox = new KvSandbox();
    /** What Redis knows a script by, by what the caller knows it by. */
    private final Map<String, String> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    });

    KvScripts(ReactiveRedisDataSource redis) {
        this.values = redis.value(String.class);
    }

    /** The SHA-1s among the commands that this replica does not know, of very many only some. */
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

    /** Learns what other replicas know of them. */
    Uni<Void> learn(Set<String> unknown) {
        return Multi.createFrom().iterable(unknown).onItem()
                .transformToUni(sha -> values.get(key(sha)).invoke(found -> {
                    if (found != null) {
                        known.put(sha, found);
                    }
                    // Else it is not known, and the caller sends the script.
                }).onFailure().recoverWithNull()).merge(LEARNED_AT_ONCE).onItem().ignoreAsUni();
    }

    /**
     * The command as Redis gets it.
     *
     * @throws KvException NOSCRIPT if nobody here has seen the script
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
            return with(command, 1, sandbox.wrap(command.args().get(1)));
        }
        if (isScript(command, "EXISTS")) {
            List<byte[]> args = new ArrayList<>(command.args());
            for (int i = 1; i < command.args().size(); i++) {
                // What is not known as a caller's is not there: Redis may well have a script of the service by that name.
                String sha = known.getOrDefault(command.arg(i).toLowerCase(Locale.ROOT), "-");
                args.set(i, sha.getBytes(StandardCharsets.US_ASCII));
            }
            return new KvCommand(command.name(), args);
        }
        return command;
    }

    /** Notes a script that was loaded, for this replica and the others; gives the SHA-1 that its caller knows it by. */
    Uni<String> loaded(KvCommand load) {
        String sha = Digests.sha1Hex(load.args().get(1));
        String wrapped = Digests.sha1Hex(sandbox.wrap(load.args().get(1)));
        known.put(sha, wrapped);
        return values.set(key(sha), wrapped, new SetArgs().px(KEPT))
                // The other replicas do not learn of it, then, and their callers send it again.
                .onFailure().recoverWithNull().replaceWith(sha);
    }

    static boolean isScript(KvCommand command, String subcommand) {
        return command.name().equals("SCRIPT") && command.arg(0).equalsIgnoreCase(subcommand);
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
