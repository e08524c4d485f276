package dev.millrace.queue.push;

import java.util.List;

import io.smallrye.mutiny.Uni;

import dev.millrace.queue.QueueName;
import dev.millrace.redis.Script;
import dev.millrace.redis.Scripts;

/** Pauses a queue whose receiver is gone. */
final class Pauses {

    private final Scripts scripts;
    private final Script pause;

    Pauses(Scripts scripts) {
        this.scripts = scripts;
        this.pause = scripts.get("queue/pause-1");
    }

    Uni<Void> gone(QueueName queue) {
        return scripts.run(pause, List.of(queue.key("meta")), List.of("push-gone")).replaceWithVoid();
    }
}
