import java.util.ArrayList;
import java.util.List;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;

/** GET and SET and nothing else: {@code GET /get/<key>}, {@code /set/<key>}, {@code POST /pipeline/x} with a JSON array of commands. */
class BareKv extends Bare {

    private static final String VALUE = "0123456789".repeat(10);

    public static void main(String[] args) throws Exception {
        serve(args, BareKv::new);
    }

    @Override
    Future<Buffer> body(HttpServerRequest request) {
        String key = request.path().substring(request.path().lastIndexOf('/') + 1);
        if (request.path().startsWith("/get/")) {
            return send(Request.cmd(Command.GET).arg(key)).map(r -> Buffer.buffer("{\"result\":\"" + r + "\"}"));
        }
        if (request.path().startsWith("/set/")) {
            return send(Request.cmd(Command.SET).arg(key).arg(VALUE)).map(r -> Buffer.buffer("{\"result\":\"OK\"}"));
        }
        return request.body().compose(body -> {
            List<Request> requests = new ArrayList<>();
            for (Object command : new JsonArray(body)) {
                JsonArray words = (JsonArray) command;
                Request one = Request.cmd(Command.create(words.getString(0)));
                words.stream().skip(1).forEach(word -> one.arg(word.toString()));
                requests.add(one);
            }
            return batch(requests).map(replies -> {
                JsonArray all = new JsonArray();
                replies.forEach(reply -> all.add(new io.vertx.core.json.JsonObject().put("result", String.valueOf(reply))));
                return all.toBuffer();
            });
        });
    }
}
