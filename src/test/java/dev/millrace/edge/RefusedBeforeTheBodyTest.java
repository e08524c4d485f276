package dev.millrace.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;

import dev.millrace.Api;
import dev.millrace.redis.RedisConversation;

/** Guarantees that 401 and 403 come while the client has not sent a byte of the body that it announced. */
@QuarkusTest
class RefusedBeforeTheBodyTest {

    private static final int TIMEOUT_MS = 30_000;

    RedisConversation redis;

    @Test
    void aStrangerSendsNoBody() throws IOException {
        assertEquals(List.of(), unlike("401", "mr_nobody_secret"));
    }

    @Test
    void aKeyWithoutTheScopeSendsNoBody() throws IOException {
        assertEquals(List.of(), unlike("403", Api.ofMatrix("realtime")));
    }

    private List<String> unlike(String status, String key) throws IOException {
        MatrixTenant tenant = new MatrixTenant(redis);
        tenant.fill();
        List<MatrixCall> calls = new MatrixCalls(tenant).all().stream().filter(call -> !call.body().isEmpty()).toList();
        assertTrue(calls.size() > 20, "so many operations have a body");
        List<String> unlike = new ArrayList<>();
        for (MatrixCall call : calls) {
            String line = firstLine(call, key);
            if (!line.startsWith("HTTP/1.1 " + status + ' ')) {
                unlike.add(call + ": " + line);
            }
        }
        return unlike;
    }

    private static String firstLine(MatrixCall call, String key) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            StringBuilder head = new StringBuilder(call.method() + ' ' + call.path() + " HTTP/1.1\r\nHost: a\r\n");
            call.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
            head.append("Authorization: Bearer " + key + "\r\nContent-Length: 1000\r\n\r\n");
            socket.getOutputStream().write(head.toString().getBytes(ISO_8859_1));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine());
        } catch (java.net.SocketTimeoutException e) {
            return "no answer";
        }
    }
}
