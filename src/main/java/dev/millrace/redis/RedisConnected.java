package dev.millrace.redis;

/**
 * CDI event: a connection to Redis is up, for the first time or again. Redis may have restarted meanwhile and lost scripts or data.
 * Fired once per connection, on the event loop of that connection, so observers must not block.
 */
public record RedisConnected() {}
