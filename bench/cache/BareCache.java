import java.util.List;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** The cache's script for reading and nothing else: {@code GET /hit/<key>}, {@code /miss/<key>}. Bodies go out as they came in. */
class BareCache extends Bare {

    public static void main(String[] args) throws Exception {
        serve(args, BareCache::new);
    }

    /** The entries are Millrace's own: a single server has one partition. */
    private static List<String> keys(String path) {
        String name = "bench/" + path.substring(path.lastIndexOf('/') + 1);
        return List.of("mr:{main:c:0}:e:" + name, "mr:{main:c:0}:l:" + name, "mr:{main:c:0}:versions");
    }

    @Override
    Future<Buffer> body(HttpServerRequest request) {
        return run(0, keys(request.path()), List.of("bench", "", "0", "1.000000000", "0", "", "65536", ""))
                .map(reply -> reply.size() > 8 ? reply.get(8).toBuffer() : Buffer.buffer("miss"));
    }
}
