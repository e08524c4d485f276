package dev.millrace.redis.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Redis;

/** One {@link RedisLink} per event loop to one Redis; a caller gets that of his own loop while it is up. */
final class LinkSet {

    private final RedisLink[] links;
    private final AtomicInteger next = new AtomicInteger();

    LinkSet(VertxInternal vertx, Supplier<Redis> factory, LinkListener listener, LongConsumer latency,
            int maxInFlight, Duration timeout) {
        List<RedisLink> all = new ArrayList<>();
        for (EventExecutor loop : vertx.getEventLoopGroup()) {
            ContextInternal context = vertx.createEventLoopContext((EventLoop) loop, null,
                    Thread.currentThread().getContextClassLoader());
            all.add(new RedisLink(context, factory, listener, latency, maxInFlight, timeout));
        }
        this.links = all.toArray(RedisLink[]::new);
    }

    void open() {
        for (RedisLink link : links) {
            link.open();
        }
    }

    void close() {
        for (RedisLink link : links) {
            link.close();
        }
    }

    /** The link to use now. */
    RedisLink pick() {
        RedisLink own = null;
        for (RedisLink link : links) {
            if (link.isOnItsLoop()) {
                own = link;
                break;
            }
        }
        if (own == null) {
            own = links[Math.floorMod(next.getAndIncrement(), links.length)];
        }
        return own.isUp() ? own : anyUp(own);
    }

    private RedisLink anyUp(RedisLink otherwise) {
        for (RedisLink link : links) {
            if (link.isUp()) {
                return link;
            }
        }
        return otherwise;
    }

    int size() {
        return links.length;
    }

    int up() {
        int up = 0;
        for (RedisLink link : links) {
            up += link.isUp() ? 1 : 0;
        }
        return up;
    }

    int inFlight() {
        int sum = 0;
        for (RedisLink link : links) {
            sum += link.inFlight();
        }
        return sum;
    }
}
