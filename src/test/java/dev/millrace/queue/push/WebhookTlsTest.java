package dev.millrace.queue.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;

import dev.millrace.queue.push.Delivery.Outcome;

/** Over TLS, a receiver must prove to be the name in the URL, though it is called by an address. */
class WebhookTlsTest {

    @TempDir
    static Path dir;
    private static final Vertx SERVER_VERTX = Vertx.vertx();
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();
    private static PfxOptions certificate;
    private static int port;

    @BeforeAll
    static void open() throws Exception {
        Path keystore = dir.resolve("receiver.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=receiver.test", "-ext",
                "san=dns:receiver.test",
                "-validity", "30", "-storetype", "PKCS12", "-keystore", keystore.toString(), "-storepass", "changeit")
                .redirectErrorStream(true).start();
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && Files.exists(keystore));
        certificate = new PfxOptions().setPath(keystore.toString()).setPassword("changeit");
        HttpServer server = SERVER_VERTX
                .createHttpServer(new HttpServerOptions().setSsl(true).setSni(true).setKeyCertOptions(certificate))
                .requestHandler(request -> {
                    ASKED.add(request.connection().indicatedServerName() + " " + request.authority());
                    request.response().end("ok");
                });
        port = server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS)
                .actualPort();
    }

    @AfterAll
    static void close() {
        SERVER_VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Delivery push(HttpClientOptions trust, String host) {
        try (Pushing pushing = new Pushing(Pushing.addresses(true),
                name -> new InetAddress[]{InetAddress.getByName("127.0.0.1")}, 60_000, trust)) {
            return pushing.push("https://" + host + ":" + port + "/jobs");
        }
    }

    private static HttpClientOptions trusting() {
        return new HttpClientOptions().setTrustOptions(certificate);
    }

    @Test
    void theNameIsSaidAndVerified() {
        assertEquals(new Delivery(Outcome.DONE, 200, -1, null), push(trusting(), "receiver.test"));
        assertTrue(ASKED.contains("receiver.test receiver.test:" + port), ASKED::toString);
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        int before = ASKED.size();
        for (String other : List.of("other.test", "127.0.0.1", "localhost")) {
            assertEquals(new Delivery(Outcome.FAILED, 0, -1, "its certificate is not trusted, or not for its name"),
                    push(trusting(), other));
        }
        assertEquals(before, ASKED.size());
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() {
        assertEquals(new Delivery(Outcome.FAILED, 0, -1, "its certificate is not trusted, or not for its name"),
                push(new HttpClientOptions(), "receiver.test"));
    }

    @Test
    void whoDoesNotSpeakTlsHasFailed() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Pushing pushing = new Pushing(true)) {
            Thread thread = new Thread(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                    // The test sees that there was no answer.
                }
            });
            thread.start();
            assertEquals("no TLS connection could be made",
                    pushing.push("https://127.0.0.1:" + plain.getLocalPort() + "/").error());
            thread.join();
        }
    }
}
