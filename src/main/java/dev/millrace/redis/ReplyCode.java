package dev.millrace.redis;

/**
 * A code that a script returns, as a constant of an enum. The script names its codes alike: {@code local DONE, VOID = 1, 0} below a line
 * {@code -- codes cache.CacheStore$Stored}, which names the enum.
 */
public interface ReplyCode {

    /** The number that the script returns. */
    int code();
}
