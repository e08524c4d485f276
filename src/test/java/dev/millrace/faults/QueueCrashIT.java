package dev.millrace.faults;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.SecondReplica;
import dev.millrace.redis.dev.RedisServerProcess;

/** Replicas and Redis crash while jobs are enqueued and worked; what was answered 201 is completed in the end. */
class QueueCrashIT {

    @Test
    void nothingIsLostWhenReplicasAndRedisAreKilled() throws Exception {
        RedisServerProcess redis = RedisServerProcess.launch("--appendonly", "yes", "--appendfsync", "always");
        SecondReplica one = null;
        SecondReplica two = null;
        SecondReplica three = null;
        try {
            one = new SecondReplica(redis.port());
            two = new SecondReplica(redis.port());
            try (QueueTraffic traffic = new QueueTraffic("crash", List.of(one.port(), two.port()))) {
                traffic.awaitAnswers("/complete 200", 200);
                traffic.replace(one.port(), one::close);
                traffic.awaitAnswers("/complete 200", 200);
                three = new SecondReplica(redis.port());
                traffic.add(three.port());
                redis.kill();
                traffic.awaitAnswers(" 503 redis-unavailable", 20);
                redis.start();
                traffic.replace(two.port(), two::close);
                traffic.awaitAnswers("/complete 200", 200);
                traffic.verify();
            }
        } finally {
            for (SecondReplica replica : new SecondReplica[]{one, two, three}) {
                if (replica != null) {
                    replica.close();
                }
            }
            redis.stopAndClean();
        }
    }
}
