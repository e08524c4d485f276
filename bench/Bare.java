import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * The limit of the stack: Vert.x and one pipelined Redis connection per event loop that runs a feature's own scripts, without
 * routing, authentication, validation, header fields or metrics.
 */
abstract class Bare extends AbstractVerticle {

    private static int httpPort;
    private static int redisPort;
    private static final List<String> sources = new ArrayList<>();

    private final List<String> shas = new ArrayList<>();
    private RedisConnection redis;

    /** Arguments: HTTP port, Redis port, event loops, script files. */
    static void serve(String[] args, Supplier<? extends Bare> servers) throws Exception {
        httpPort = Integer.parseInt(args[0]);
        redisPort = Integer.parseInt(args[1]);
        int loops = Integer.parseInt(args[2]);
        for (int i = 3; i < args.length; i++) {
            sources.add(Files.readString(Path.of(args[i])));
        }
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        vertx.deployVerticle(servers::get, new DeploymentOptions().setInstances(loops)).onFailure(e -> {
            e.printStackTrace();
            System.exit(1);
        });
    }

    @Override
    public void start(Promise<Void> started) {
        Redis.createClient(vertx, new RedisOptions().setConnectionString("redis://127.0.0.1:" + redisPort)
                .setMaxWaitingHandlers(4096)).connect().compose(connection -> {
                    redis = connection;
                    Future<?> loaded = Future.succeededFuture();
                    for (String source : sources) {
                        loaded = loaded.compose(x -> redis.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(source)))
                                .onSuccess(sha -> shas.add(sha.toString()));
                    }
                    return loaded;
                }).compose(x -> prepare())
                .compose(x -> vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
                        .requestHandler(this::handle).listen(httpPort, "127.0.0.1"))
                .<Void> mapEmpty().onComplete(started);
    }

    private void handle(HttpServerRequest request) {
        if (request.path().equals("/")) {
            request.response().end();
            return;
        }
        body(request).onSuccess(body -> request.response().putHeader("Content-Type", "application/json").end(body))
                .onFailure(e -> request.response().setStatusCode(500).end(String.valueOf(e.getMessage())));
    }

    /** Runs the script of that place among the arguments. */
    Future<Response> run(int script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(Command.EVALSHA).arg(shas.get(script)).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return send(request);
    }

    Future<Response> send(Request request) {
        return redis.send(request);
    }

    Future<List<Response>> batch(List<Request> requests) {
        return redis.batch(requests);
    }

    /** What is to be there before the load. */
    Future<?> prepare() {
        return Future.succeededFuture();
    }

    /** The JSON that answers a request; either this or {@link #body}. */
    Future<String> answer(HttpServerRequest request) {
        throw new UnsupportedOperationException();
    }

    /** What answers a request. */
    Future<Buffer> body(HttpServerRequest request) {
        return answer(request).map(Buffer::buffer);
    }
}
