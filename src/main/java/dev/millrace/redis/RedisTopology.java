package dev.millrace.redis;

/** What stores need to know about the servers behind the data source. */
public interface RedisTopology {

    /** Whether keys with different hash tags may be on different servers. */
    boolean isCluster();
}
