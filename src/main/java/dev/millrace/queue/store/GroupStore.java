package dev.millrace.queue.store;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.encoding.PercentEncoding;
import dev.millrace.queue.model.GroupDefinition;
import dev.millrace.queue.model.GroupSnapshot;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.Keys;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;
import dev.millrace.settings.PutResult;

/** The limits of groups of jobs in Redis. */
@Singleton
public class GroupStore {

    private static final ReplyCodes<PutResult> PUT_RESULTS = ReplyCodes.of(PutResult.class);

    private final ScriptRunner scripts;
    private final Script set;
    private final Script read;

    GroupStore(ScriptRunner scripts) {
        this.scripts = scripts;
        this.set = scripts.get("queue/group-1");
        this.read = scripts.get("queue/groups-1");
    }

    /**
     * Sets the limits of a group, which hold at once.
     *
     * @param limits null to remove them: those of the queue hold
     * @param max maximum number of groups with limits of their own
     */
    public Uni<PutResult> put(QueueName queue, String group, @Nullable GroupDefinition limits, int max) {
        return scripts.run(set, List.of(queue.metaKey()), List.of(Keys.encode(group),
                limits == null ? "" : limits.encode(), Integer.toString(max))).map(PUT_RESULTS::read);
    }

    /** A group. */
    public Uni<GroupSnapshot> get(QueueName queue, String group, QueueSettings settings) {
        return read(queue, Keys.encode(group), "", 1, settings).map(found -> found.get(0));
    }

    /**
     * Up to {@code limit} groups with limits of their own, in the order of their encoded names.
     *
     * @param after the group that the page before ended with; null for the first page
     */
    public Uni<List<GroupSnapshot>> page(QueueName queue, @Nullable String after, int limit, QueueSettings settings) {
        return read(queue, "", after == null ? "" : Keys.encode(after), limit, settings);
    }

    private Uni<List<GroupSnapshot>> read(QueueName queue, String name, String after, int limit,
            QueueSettings settings) {
        return scripts.run(read, List.of(queue.metaKey()), List.of(name, after, Integer.toString(limit)))
                .map(reply -> {
                    List<GroupSnapshot> found = new ArrayList<>();
                    for (int i = 0; i < reply.size(); i += 3) {
                        String own = reply.get(i + 1).toString();
                        String limits = own.isEmpty() ? settings.groups() : own;
                        found.add(new GroupSnapshot(PercentEncoding.decode(reply.get(i).toString()),
                                limits.isEmpty() ? GroupDefinition.DEFAULT : GroupDefinition.decode(limits),
                                !own.isEmpty(), reply.get(i + 2).toLong()));
                    }
                    return found;
                });
    }
}
