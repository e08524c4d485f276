package dev.millrace.queue;

import java.util.Map;

import io.smallrye.mutiny.Uni;

import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;

/**
 * Work on queues that {@link QueueMaintenance} does in the background on every replica. Each CDI bean that implements this interface
 * is called. Its methods must not block.
 */
public interface QueueTask {

    /**
     * Called about once a second with all queues of a tenant. An exception ends the present round, not later ones.
     *
     * @param queues the settings of each queue, by its name
     */
    default void follow(String tenant, Map<String, QueueSettings> queues) {}

    /**
     * Enqueues what is due by the schedules of a queue. Called about once a second, by several replicas at the same time. A failure
     * ends the present round of this queue.
     *
     * @param nextInMs in how many ms the next occurrence of all schedules is; 0 if one is due, -1 if there is none
     */
    default Uni<Void> runSchedules(QueueName queue, long nextInMs) {
        return Uni.createFrom().voidItem();
    }
}
