import java.nio.file.Files;
import java.nio.file.Path;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * The limit of the stack: Vert.x and one pipelined Redis connection per event loop running the rate limiter's script,
 * without routing, authentication, policies, validation, headers or metrics.
 *
 * <p>Arguments: HTTP port, Redis port, script file, event loops.
 */
public class BareServer extends AbstractVerticle {

    private static int httpPort;
    private static int redisPort;
    private static String script;

    public static void main(String[] args) throws Exception {
        httpPort = Integer.parseInt(args[0]);
        redisPort = Integer.parseInt(args[1]);
        script = Files.readString(Path.of(args[2]));
        int loops = Integer.parseInt(args[3]);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        vertx.deployVerticle(BareServer.class, new DeploymentOptions().setInstances(loops))
                .onFailure(e -> {
                    e.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        Redis.createClient(vertx, new RedisOptions().setConnectionString("redis://127.0.0.1:" + redisPort)
                .setMaxWaitingHandlers(4096)).connect()
                .compose(redis -> redis.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script))
                        .compose(sha -> serve(redis, sha.toString())))
                .<Void> mapEmpty().onComplete(started);
    }

    private io.vertx.core.Future<?> serve(RedisConnection redis, String sha) {
        return vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true)).requestHandler(request -> {
            String path = request.path();
            String identifier = path.substring(path.lastIndexOf('/') + 1);
            redis.send(Request.cmd(Command.EVALSHA).arg(sha).arg(1).arg("mr:{main:rl:bare/" + identifier + "}:win")
                    .arg("0").arg(algorithm(path)).arg("1000000").arg("60000").arg("1000000").arg("1").arg("0").arg("0")
                    .arg("1"))
                    .onSuccess(reply -> request.response().putHeader("Content-Type", "application/json")
                            .end(json(reply, identifier)))
                    .onFailure(e -> request.response().setStatusCode(500).end(e.getMessage()));
        }).listen(httpPort, "127.0.0.1");
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
