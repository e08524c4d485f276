import java.util.List;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.redis.client.Response;

/** The rate limiter's script and nothing else: {@code POST /<algorithm>/<identifier>}. */
class BareLimiter extends Bare {

    public static void main(String[] args) throws Exception {
        serve(args, BareLimiter::new);
    }

    @Override
    Future<String> answer(HttpServerRequest request) {
        String path = request.path();
        String identifier = path.substring(path.lastIndexOf('/') + 1);
        return run(0, List.of("mr:{main:rl:bare/" + identifier + "}:win"),
                List.of("0", algorithm(path), "1000000", "60000", "1000000", "1", "0", "0", "1"))
                .map(reply -> json(reply, identifier));
    }

    private static String algorithm(String path) {
        int end = path.lastIndexOf('/');
        return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }

    private static String json(Response reply, String identifier) {
        return "{\"allowed\":" + (reply.get(0).toInteger() == 1) + ",\"identifier\":\"" + identifier
                + "\",\"remaining\":" + reply.get(1).toLong() + ",\"resetMs\":" + reply.get(2).toLong() / 1000
                + ",\"retryAfterMs\":" + reply.get(3).toLong() / 1000 + "}";
    }
}
