package dev.millrace.queue;

import java.util.List;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.Page;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.GroupSnapshot;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.store.GroupStore;
import dev.millrace.settings.PutResult;

/**
 * The limits of groups of jobs. Only as many jobs of a group as may be active are in the lines of the queue; the others wait behind
 * them. So a group delays a job of another one by at most as many jobs, and no call's work grows with the number of groups.
 */
@Singleton
public class QueueGroups {

    private static final int MAX_GROUPS = 100_000;

    private final Queues queues;
    private final GroupStore store;

    QueueGroups(Queues queues, GroupStore store) {
        this.queues = queues;
        this.store = store;
    }

    /** Sets the limits of a group, which hold at once. Fails with 409 if 100,000 groups of the queue have their own. */
    public Uni<PutResult> put(QueueName queue, String group, GroupDefinition limits) {
        return queues.register(queue).chain(() -> store.put(queue, group, limits, MAX_GROUPS)).invoke(put -> {
            if (put == PutResult.TOO_MANY) {
                throw new ApiException(ErrorCode.GROUP_LIMIT,
                        "At most " + MAX_GROUPS + " groups of a queue may have limits of their own");
            }
        });
    }

    /** Gives a group the limits of its queue again. */
    public Uni<Void> delete(QueueName queue, String group) {
        return store.put(queue, group, null, MAX_GROUPS).replaceWithVoid();
    }

    /** Reads a group. One that is not known has the limits of the queue. */
    public Uni<GroupSnapshot> get(QueueName queue, String group) {
        return queues.settings(queue).flatMap(s -> store.get(queue, group, s));
    }

    /** Lists the groups with limits of their own, a page at a time. */
    public Uni<Page<GroupSnapshot>> list(QueueName queue, int limit, @Nullable String cursor) {
        Page.requireLimit(limit);
        String after = Page.decode(cursor);
        return queues.settings(queue).flatMap(s -> store.page(queue, after, limit + 1, s)).map(found -> {
            List<GroupSnapshot> items = found.subList(0, Math.min(limit, found.size()));
            return new Page<>(items, found.size() > limit ? Page.encode(items.get(limit - 1).group()) : null);
        });
    }
}
