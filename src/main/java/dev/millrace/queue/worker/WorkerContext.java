package dev.millrace.queue.worker;

import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.QueueName;

/** What a worker needs: the queue of one tenant, its processor and that processor's bounds, and the service. */
record WorkerContext(QueueName queue, JobProcessor processor, long leaseMs, long timeoutMs, QueueService queues,
        ProcessorJson json) {}
