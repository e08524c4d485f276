package dev.millrace.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The register of all keys that Millrace writes to its Redis; {@code docs/redis-keys.md} shows the same table. A part in {@code <>} stands
 * for a value. What is between the braces is the hash tag: keys that share it are on one server of a cluster.
 */
public enum KeyKind {

    LIMIT_LOG("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:log<windowMs>", Type.LIST, Expiry.ALWAYS,
            "two windows after the last cut", "times of admissions, of a `sliding-window`"),
    LIMIT_COUNTER("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:ctr<windowMs>", Type.STRING, Expiry.ALWAYS,
            "when the next window ends", "two counters, of a `sliding-window-counter`"),
    LIMIT_WINDOW("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:win<windowMs>", Type.STRING, Expiry.ALWAYS,
            "when the window ends", "counter of a `fixed-window`"),
    LIMIT_BUCKET("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:bkt<windowMs>", Type.STRING, Expiry.ALWAYS,
            "after twice the time until the bucket is full, and at least a minute more than that time",
            "level of a `token-bucket`, and the settings it was stored under"),
    LIMIT_LEASES("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:lse", Type.SORTED_SET, Expiry.ALWAYS,
            "with the last lease", "leases of `concurrency`"),
    LIMIT_PENALTY("Rate limits", "mr:{<tenant>:rl:<policy>/<identifier>}:pen", Type.STRING, Expiry.ALWAYS,
            "after `denyPenalty`", "until when a denial blocks the identifier"),

    DEFINITIONS("Definitions", "mr:{<tenant>:<feature>:<kind>}:all", Type.HASH, Expiry.NEVER, "never",
            "policies (`rl`, `~policies`), regions (`c`, `~regions`) and queue settings (`q`, `~settings`), by name"),
    DEFINITIONS_VERSION("Definitions", "mr:{<tenant>:<feature>:<kind>}:version", Type.STRING, Expiry.NEVER, "never",
            "when one of them last changed"),

    USER_SESSIONS("Sessions", "mr:{<tenant>:user:<partition>}:s:<user>", Type.HASH, Expiry.ALWAYS,
            "a day after the last possible end of a session", "all sessions of a user"),
    USER_SESSION_INDEX("Sessions", "mr:{<tenant>:user:<partition>}:si:<user>", Type.SORTED_SET, Expiry.ALWAYS,
            "with the sessions", "a user's sessions by the time they end"),
    USER_TOKENS("Refresh tokens", "mr:{<tenant>:user:<partition>}:t:<user>", Type.HASH, Expiry.ALWAYS,
            "a day after the last possible end of a family", "all families of refresh tokens of a user"),
    USER_TOKEN_INDEX("Refresh tokens", "mr:{<tenant>:user:<partition>}:ti:<user>", Type.SORTED_SET, Expiry.ALWAYS,
            "with the families", "a user's families by the time they end"),
    USERS_DUE("Sessions and refresh tokens", "mr:{<tenant>:user:<partition>}:due", Type.SORTED_SET, Expiry.ALWAYS,
            "a day after the last possible end of a record", "users by the time their first record may end"),
    USER_EVENTS("Sessions and refresh tokens", "mr:{<tenant>:user:<partition>}:events", Type.STREAM, Expiry.ALWAYS,
            "a week after the last event", "events of sessions and refresh tokens"),
    SWEEP_TURN("Sessions and refresh tokens", "mr:{<tenant>:user:sweep}:turn", Type.STRING, Expiry.ALWAYS,
            "after 900 ms", "the replica that sets it does the next sweep"),

    CACHE_ENTRY("Cache", "mr:{<tenant>:c:<partition>}:e:<region>/<key>", Type.HASH, Expiry.ALWAYS,
            "when it may not be served any more, and no origin is to be asked whether it has changed",
            "an entry: body, content type, tags, times; of an origin also its status, header fields and validators, "
                    + "and of each of up to 16 variants all of these"),
    CACHE_LEASE("Cache", "mr:{<tenant>:c:<partition>}:l:<region>/<key>", Type.STRING, Expiry.ALWAYS,
            "with the lease, or the pause that an origin asked for", "who computes the entry, or why nobody does"),
    CACHE_VARIANT_LEASES("Cache", "mr:{<tenant>:c:<partition>}:lv:<region>/<key>", Type.HASH, Expiry.ALWAYS,
            "with the last of the leases and pauses", "the same for each variant of an entry, at most 64"),
    CACHE_VERSIONS("Cache", "mr:{<tenant>:c:<partition>}:versions", Type.SORTED_SET, Expiry.ALWAYS,
            "a minute after the last entry and lease", "purges of regions and tags"),
    CACHE_INDEX("Cache", "mr:{<tenant>:c:<partition>}:i:<region>", Type.SORTED_SET, Expiry.ALWAYS,
            "a minute after the last entry", "keys of a region that lists them, by the time their entry ends"),

    QUEUE_META("Queues", "mr:{<tenant>:q:<queue>}:meta", Type.HASH, Expiry.SOMETIMES,
            "never; 2 minutes after the last call if the queue has had no job; removed with a queue that is not used for an hour",
            "last id, pause, rate, version of the settings, time of the queue, whether requests wait or listen, since when it is unused"),
    QUEUE_BODIES("Queues", "mr:{<tenant>:q:<queue>}:b:<bucket>", Type.HASH, Expiry.NEVER, "with its jobs",
            "bodies of 8192 jobs"),
    QUEUE_STATE("Queues", "mr:{<tenant>:q:<queue>}:state", Type.HASH, Expiry.NEVER, "with its jobs",
            "failures, marks, errors, progress and results of jobs that have some"),
    QUEUE_LEVELS("Queues", "mr:{<tenant>:q:<queue>}:levels", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "priorities that have waiting jobs"),
    QUEUE_WAITING("Queues", "mr:{<tenant>:q:<queue>}:w:<priority>", Type.LIST, Expiry.NEVER, "with its jobs",
            "waiting jobs of a priority; of a `<priority>` that ends with .5, those that go before the ones of the priority below"),
    QUEUE_GONE("Queues", "mr:{<tenant>:q:<queue>}:gone", Type.SORTED_SET, Expiry.NEVER, "when the lists are tidied",
            "lists of waiting jobs by how many removed jobs are left in them"),
    QUEUE_SEEKING("Queues", "mr:{<tenant>:q:<queue>}:seeking", Type.SORTED_SET, Expiry.NEVER, "when the job is found",
            "groups whose next job the sweep looks for behind many removed ones"),
    QUEUE_DELAYED("Queues", "mr:{<tenant>:q:<queue>}:delayed", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "delayed jobs by the time they are due"),
    QUEUE_EXPIRING("Queues", "mr:{<tenant>:q:<queue>}:expiring", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "jobs with a `ttl` that have not started, by the time they must start by"),
    QUEUE_LEASED("Queues", "mr:{<tenant>:q:<queue>}:leased", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "active jobs by the end of their lease"),
    QUEUE_DEAD("Queues", "mr:{<tenant>:q:<queue>}:dead", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "dead jobs by the time they died"),
    QUEUE_DONE("Queues", "mr:{<tenant>:q:<queue>}:done", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "completed jobs that are kept, by the time they completed"),
    QUEUE_UNIQUE("Queues", "mr:{<tenant>:q:<queue>}:unique", Type.HASH, Expiry.NEVER, "with its jobs",
            "jobs by unique key"),
    QUEUE_IDEMPOTENCY("Queues", "mr:{<tenant>:q:<queue>}:i:<idempotencyKey>", Type.STRING, Expiry.ALWAYS,
            "after 24 hours", "job of an idempotency key"),
    QUEUE_THROTTLE("Queues", "mr:{<tenant>:q:<queue>}:t:<uniqueKey>", Type.STRING, Expiry.ALWAYS,
            "when the window is over", "first job of the window of a `throttle`, and the end of that"),
    QUEUE_GROUPS("Queues", "mr:{<tenant>:q:<queue>}:groups", Type.HASH, Expiry.NEVER, "with its jobs",
            "jobs at the head of each group"),
    QUEUE_LIMITS("Queues", "mr:{<tenant>:q:<queue>}:limits", Type.HASH, Expiry.NEVER, "when they are removed",
            "limits of groups that have their own"),
    QUEUE_LIMITED("Queues", "mr:{<tenant>:q:<queue>}:limited", Type.SORTED_SET, Expiry.NEVER, "with the limits",
            "those groups by name"),
    QUEUE_PARKED("Queues", "mr:{<tenant>:q:<queue>}:parked", Type.SORTED_SET, Expiry.NEVER, "with its jobs",
            "jobs at the head of a group by when its rate lets one start"),
    QUEUE_PACE("Queues", "mr:{<tenant>:q:<queue>}:pace", Type.SORTED_SET, Expiry.NEVER, "when their rates are regained",
            "groups by when their rate is regained"),
    QUEUE_PACED("Queues", "mr:{<tenant>:q:<queue>}:paced", Type.SORTED_SET, Expiry.NEVER,
            "when their rates are regained", "the same, of limits before or after a change of the queue's `groups`"),
    QUEUE_GROUP("Queues", "mr:{<tenant>:q:<queue>}:g:<group>", Type.LIST, Expiry.NEVER, "with its jobs",
            "jobs behind the head of a group"),
    QUEUE_GROUP_FRONT("Queues", "mr:{<tenant>:q:<queue>}:h:<group>", Type.LIST, Expiry.NEVER, "with its jobs",
            "jobs behind the head of a group, and before those of `g:<group>`"),
    QUEUE_STATS("Queues", "mr:{<tenant>:q:<queue>}:stats", Type.HASH, Expiry.NEVER, "never", "counters"),
    QUEUE_EVENTS("Queues", "mr:{<tenant>:q:<queue>}:events", Type.STREAM, Expiry.ALWAYS,
            "5 minutes after the last event", "events, while a client listens"),
    QUEUE_SCHEDULES("Queues", "mr:{<tenant>:q:<queue>}:schedules", Type.HASH, Expiry.NEVER, "with the schedules",
            "schedules by name"),
    QUEUE_DUE("Queues", "mr:{<tenant>:q:<queue>}:due", Type.SORTED_SET, Expiry.NEVER, "with the schedules",
            "schedules by their next occurrence"),
    QUEUE_INDEX("Queues", "mr:{<tenant>:q:~queues}:index", Type.SET, Expiry.NEVER, "never",
            "names of a tenant's queues"),

    KV_SCRIPT("Redis over HTTP", "mr:{main:kv:<sha1>}:script", Type.STRING, Expiry.ALWAYS, "after 30 days",
            "what Redis calls a script that a client has loaded; under `flushed`, the mark of the last `SCRIPT FLUSH`");

    /** What Redis calls the type of a key. */
    public enum Type {
        STRING("string"),
        LIST("list"),
        HASH("hash"),
        SET("set"),
        SORTED_SET("zset"),
        STREAM("stream");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** The word of the command TYPE. */
        public String word() {
            return word;
        }
    }

    /** Whether a key of a kind has a TTL. */
    public enum Expiry {
        ALWAYS,
        SOMETIMES,
        NEVER
    }

    private final String feature;
    private final String template;
    private final Type type;
    private final Expiry expiry;
    private final String expires;
    private final String content;
    /** What is around the values. */
    private final List<String> literals;

    KeyKind(String feature, String template, Type type, Expiry expiry, String expires, String content) {
        this.feature = feature;
        this.template = template;
        this.type = type;
        this.expiry = expiry;
        this.expires = expires;
        this.content = content;
        this.literals = literals(template);
    }

    private static List<String> literals(String template) {
        List<String> literals = new ArrayList<>();
        Matcher value = Pattern.compile("<\\w+>").matcher(template);
        int from = 0;
        while (value.find()) {
            literals.add(template.substring(from, value.start()));
            from = value.end();
        }
        literals.add(template.substring(from));
        return List.copyOf(literals);
    }

    /**
     * The name of a key of this kind.
     *
     * @param values of the template, in order; names, {@linkplain Keys#encode encoded} identifiers, or numbers
     */
    String key(Object... values) {
        if (values.length != literals.size() - 1) {
            throw new IllegalArgumentException(this + " takes " + (literals.size() - 1) + " values");
        }
        StringBuilder key = new StringBuilder(64).append(literals.get(0));
        for (int i = 0; i < values.length; i++) {
            key.append(values[i]).append(literals.get(i + 1));
        }
        return key.toString();
    }

    /** The feature whose data it holds. */
    public String feature() {
        return feature;
    }

    /** Its name, with the values in {@code <>}. */
    public String template() {
        return template;
    }

    /** Matches the names of its keys, and of no other kind's. */
    public Pattern pattern() {
        StringBuilder pattern = new StringBuilder(Pattern.quote(literals.get(0)));
        literals.subList(1, literals.size())
                .forEach(literal -> pattern.append("[^{}:/]+").append(Pattern.quote(literal)));
        return Pattern.compile(pattern.toString());
    }

    public Type type() {
        return type;
    }

    public Expiry expiry() {
        return expiry;
    }

    /** When it expires, in words. */
    public String expires() {
        return expires;
    }

    /** What it holds, in words. */
    public String content() {
        return content;
    }
}
