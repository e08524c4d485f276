package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import dev.millrace.ratelimit.model.Answer;
import dev.millrace.ratelimit.model.ChecksModel;
import dev.millrace.ratelimit.model.Limit;
import dev.millrace.redis.VirtualRedis;

/** {@code check-N.lua}, called as the service calls it, under virtual time. */
final class CheckScript {

    private static final int REPLY_FIELDS = 4;

    private final VirtualRedis redis;

    CheckScript(VirtualRedis redis) {
        this.redis = redis;
    }

    Answer decide(Limit limit, long cost) {
        return decide(List.of(new ChecksModel.Item(limit, cost)), false).get(0);
    }

    List<Answer> decide(List<ChecksModel.Item> items, boolean atomic) {
        List<String> keys = new ArrayList<>();
        List<Object> args = new ArrayList<>();
        args.add(atomic ? 1 : 0);
        for (ChecksModel.Item item : items) {
            Limit limit = item.limit();
            keys.add(limit.name());
            args.addAll(List.of(limit.algorithm(), limit.limit(), limit.windowMs(), limit.burst(), item.cost(),
                    limit.penaltyMs(), limit.shadow() ? 1 : 0, keys.size()));
            if (limit.penaltyMs() > 0) {
                keys.add(limit.name() + ":penalty");
            }
        }
        List<Long> reply = redis.run("ratelimit/check-N", keys, args);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < items.size() * REPLY_FIELDS; i += REPLY_FIELDS) {
            answers.add(new Answer(reply.get(i) == 1, reply.get(i + 1), reply.get(i + 2), reply.get(i + 3)));
        }
        return answers;
    }
}
