package dev.millrace.edge;

import dev.millrace.redis.RedisRefusal;

/** Replies by which Redis refuses a call: each word, and what Redis 6.2 and 7 make of it inside a script. */
public enum RefusalReplies {
    NOAUTH(RedisRefusal.NOAUTH, "NOAUTH Authentication required."),
    MULTIBULK(RedisRefusal.NOAUTH, "ERR Protocol error: unauthenticated multibulk length"),
    BULK(RedisRefusal.NOAUTH, "ERR Protocol error: unauthenticated bulk length"),
    WRONGPASS(RedisRefusal.WRONGPASS, "WRONGPASS invalid username-password pair or user is disabled."),
    NOPERM_COMMAND_6(RedisRefusal.NOPERM, "NOPERM this user has no permissions to run the 'evalsha' command"),
    NOPERM_COMMAND_7(RedisRefusal.NOPERM, "NOPERM User millrace has no permissions to run the 'evalsha' command"),
    NOPERM_KEY(RedisRefusal.NOPERM,
            "NOPERM this user has no permissions to access one of the keys used as arguments"),
    NOPERM_IN_6(RedisRefusal.NOPERM, in6("The user executing the script can't run this command or subcommand")),
    NOPERM_IN_7(RedisRefusal.NOPERM, in7("ERR The user executing the script can't run this command or subcommand")),
    NOPERM_KEY_IN_7(RedisRefusal.NOPERM, in7("ERR The user executing the script can't access at least one of the keys"
            + " mentioned in the command arguments")),
    NOPERM_CHANNEL_IN_6(RedisRefusal.NOPERM,
            in6("The user executing the script can't publish to the channel mentioned in the command")),
    NOPERM_IN_8(RedisRefusal.NOPERM,
            in7("ERR ACL failure in script: User millrace has no permissions to run the 'hset' command")),
    UNKNOWN_6(RedisRefusal.UNKNOWN_COMMAND, "ERR unknown command `evalsha`, with args beginning with: `secret`, "),
    UNKNOWN_7(RedisRefusal.UNKNOWN_COMMAND, "ERR unknown command 'evalsha', with args beginning with: 'secret' "),
    UNKNOWN_IN_6(RedisRefusal.UNKNOWN_COMMAND, in6("Unknown Redis command called from Lua script")),
    UNKNOWN_IN_7(RedisRefusal.UNKNOWN_COMMAND, in7("ERR Unknown Redis command called from script")),
    DENIED(RedisRefusal.DENIED, "DENIED Redis is running in protected mode because protected mode is enabled"),
    CLIENTS(RedisRefusal.CLIENTS, "ERR max number of clients reached"),
    CLIENTS_OF_CLUSTER(RedisRefusal.CLIENTS, "ERR max number of clients + cluster connections reached"),
    LOADING(RedisRefusal.LOADING, "LOADING Redis is loading the dataset in memory"),
    MASTERDOWN(RedisRefusal.MASTERDOWN,
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
    MASTERDOWN_IN_6(RedisRefusal.MASTERDOWN,
            in6("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")),
    READONLY(RedisRefusal.READONLY, "READONLY You can't write against a read only replica."),
    READONLY_IN_6(RedisRefusal.READONLY, in6("-READONLY You can't write against a read only replica.")),
    READONLY_IN_7(RedisRefusal.READONLY, in7("READONLY You can't write against a read only replica.")),
    CLUSTERDOWN(RedisRefusal.CLUSTERDOWN, "CLUSTERDOWN The cluster is down"),
    CLUSTERDOWN_SLOT(RedisRefusal.CLUSTERDOWN, "CLUSTERDOWN Hash slot not served"),
    CLUSTERDOWN_IN_7(RedisRefusal.CLUSTERDOWN,
            in7("ERR Script attempted to execute a write command while the cluster is down and readonly")),
    TRYAGAIN(RedisRefusal.TRYAGAIN, "TRYAGAIN Multiple keys request during rehashing of slot"),
    MOVED(RedisRefusal.MOVED, "MOVED 3999 127.0.0.1:6381"),
    ASK(RedisRefusal.ASK, "ASK 3999 127.0.0.1:6381"),
    OOM(RedisRefusal.OOM, "OOM command not allowed when used memory > 'maxmemory'."),
    OOM_IN_6(RedisRefusal.OOM, in6("-OOM command not allowed when used memory > 'maxmemory'.")),
    OOM_IN_PCALL_6(RedisRefusal.OOM, "@user_script: 1: -OOM command not allowed when used memory > 'maxmemory'."),
    OOM_IN_7(RedisRefusal.OOM, in7("OOM command not allowed when used memory > 'maxmemory'.")),
    MISCONF(RedisRefusal.MISCONF, "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to"),
    MISCONF_IN_6(RedisRefusal.MISCONF, in6("-MISCONF Redis is configured to save RDB snapshots, but it is currently")),
    MISCONF_AOF(RedisRefusal.MISCONF, "MISCONF Errors writing to the AOF file: No space left on device"),
    NOREPLICAS(RedisRefusal.NOREPLICAS, "NOREPLICAS Not enough good replicas to write."),
    NOREPLICAS_IN_6(RedisRefusal.NOREPLICAS, in6("-NOREPLICAS Not enough good replicas to write.")),
    BUSY(RedisRefusal.BUSY, "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
    UNKILLABLE(RedisRefusal.UNKILLABLE, "UNKILLABLE Sorry the script already executed write commands against the"
            + " dataset. You can either wait the script termination or kill the server"),
    UNBLOCKED(RedisRefusal.UNBLOCKED,
            "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)");

    private final RedisRefusal refusal;
    private final String text;

    RefusalReplies(RedisRefusal refusal, String text) {
        this.refusal = refusal;
        this.text = text;
    }

    /** What it is. */
    public RedisRefusal refusal() {
        return refusal;
    }

    /** The reply of Redis. */
    public String text() {
        return text;
    }

    private static String in6(String error) {
        return "ERR Error running script (call to f_fc0af8d868085c7f691c592948b1014cedfa66af): @user_script:1: "
                + "@user_script: 1: " + error;
    }

    private static String in7(String error) {
        return error + " script: fc0af8d868085c7f691c592948b1014cedfa66af, on @user_script:1.";
    }
}
