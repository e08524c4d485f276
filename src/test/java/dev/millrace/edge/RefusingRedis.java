package dev.millrace.edge;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.LoopbackServer;

/** A server that speaks RESP, accepts every connection, and refuses every command but a handshake with {@link #reply}. */
public class RefusingRedis implements QuarkusTestResourceLifecycleManager {

    /** What it replies to commands. For the test, which runs in this JVM. */
    static volatile String reply = RefusalReplies.LOADING.text();

    private static final byte[] HELLO = bytes("%2\r\n$5\r\nproto\r\n:3\r\n$4\r\nrole\r\n$6\r\nmaster\r\n");
    private static final byte[] OK = bytes("+OK\r\n");
    private static final byte[] PONG = bytes("+PONG\r\n");

    private LoopbackServer server;

    @Override
    public Map<String, String> start() {
        server = new LoopbackServer("refusing-redis", RefusingRedis::serve);
        Map<String, String> config = new HashMap<>();
        config.put("millrace.redis.url", "redis://127.0.0.1:" + server.port());
        config.put("millrace.kv.url", "");
        config.put("millrace.auth.enabled", "false");
        for (String failMode : new String[]{"open", "closed", "local"}) {
            String prefix = "millrace.ratelimit.policies." + failMode + ".";
            config.put(prefix + "algorithm", "fixed-window");
            config.put(prefix + "limit", "1000000");
            config.put(prefix + "window", "1h");
            config.put(prefix + "fail-mode", failMode);
        }
        config.put("millrace.ratelimit.policies.leases.algorithm", "concurrency");
        config.put("millrace.ratelimit.policies.leases.limit", "1000");
        return config;
    }

    private static void serve(Socket client) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        while (true) {
            int words = number(in);
            String name = word(in);
            for (int i = 1; i < words; i++) {
                word(in);
            }
            out.write(switch (name.toUpperCase(Locale.ROOT)) {
                case "HELLO" -> HELLO;
                case "SELECT" -> OK;
                case "PING" -> PONG;
                default -> bytes("-" + reply + "\r\n");
            });
        }
    }

    private static String word(InputStream in) throws IOException {
        byte[] word = in.readNBytes(number(in));
        in.skipNBytes(2);
        return new String(word, StandardCharsets.ISO_8859_1);
    }

    /** Of {@code *3} or {@code $5}. */
    private static int number(InputStream in) throws IOException {
        in.read();
        StringBuilder digits = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            digits.append((char) c);
        }
        in.read();
        return Integer.parseInt(digits.toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void stop() {
        server.close();
    }
}
