import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.redis.client.Response;

/**
 * The scripts of sessions and refresh tokens and nothing else. The client names what it wants by number and is believed:
 * {@code /create/<user>}, {@code /current/<session>}, {@code /rotate/<family>}.
 */
class BareSessions extends Bare {

    private static final int RECORDS = 1000;
    private static final String DATA = "{\"theme\":\"dark\",\"cart\":[1,2,3],\"locale\":\"de-DE\",\"name\":\"A user of this service\"}";
    private static final String DIGEST = "dddddddddddddddddddddddddddddddddddddddddd";

    public static void main(String[] args) throws Exception {
        serve(args, BareSessions::new);
    }

    @Override
    Future<?> prepare() {
        Future<?> added = Future.succeededFuture();
        for (int i = 0; i < RECORDS; i++) {
            int n = i;
            added = added.compose(x -> add("s", "user-" + n, id(n), "0"))
                    .compose(x -> add("t", "user-" + n, id(n), "10000"));
        }
        return added;
    }

    @Override
    Future<String> answer(HttpServerRequest request) {
        String[] path = request.path().split("/");
        int n = Integer.parseInt(path[2]);
        return switch (path[1]) {
            case "create" -> add("s", "user-" + n, id(ThreadLocalRandom.current().nextInt(1_000_000_000)), "0")
                    .map(reply -> reply.get(1).toString());
            case "current" -> run(1, keys("s", "user-" + n).subList(0, 2), List.of(id(n), DIGEST + "=", "1"))
                    .map(BareSessions::json);
            // Whatever the digest is now, it is to be that again: the client needs no new one.
            default -> run(2, keys("t", "user-" + n), List.of(id(n), DIGEST + "=", DIGEST + "=", "saltsaltsaltsaltsaltsa", "0",
                    "t:user-" + n, "781")).map(reply -> "{\"refreshToken\":\"" + n + "\",\"claims\":" + reply.get(3) + "}");
        };
    }

    private Future<Response> add(String kind, String user, String id, String tail) {
        return run(0, keys(kind, user), List.of(id, DIGEST + "=", user, DATA, "", tail, "1800000", "43200000", "1000000000",
                "0", "session", kind + ":" + user, "781"));
    }

    private static List<String> keys(String kind, String user) {
        String tag = "mr:{main:bare:" + Math.floorMod(user.hashCode(), 128) + "}:";
        return List.of(tag + kind + ":" + user, tag + kind + "i:" + user, tag + "due", tag + "events");
    }

    private static String id(int n) {
        return String.format("%020d", n);
    }

    private static String json(Response reply) {
        return "{\"userId\":\"" + reply.get(0) + "\",\"state\":\"" + reply.get(1) + "\",\"data\":" + reply.get(2) + "}";
    }
}
