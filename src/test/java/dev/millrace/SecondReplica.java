package dev.millrace;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another process of the packaged service, on the same Redis, for what must hold across replicas. */
public final class SecondReplica implements AutoCloseable {

    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

    private final int port = freePort();
    private final Path log = Path.of("target/replica-" + port + ".log");
    private final Process process;

    /** @param options of the process, such as {@code -Xmx128m}, which a JVM and a native executable both know */
    public SecondReplica(int redisPort, String... options) {
        List<String> command = new ArrayList<>();
        boolean jar = Files.exists(JAR);
        command.add(jar
                ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
                : System.getProperty("native.image.path"));
        command.addAll(List.of(options));
        Map<String, String> config = Api.keyConfiguration();
        config.put("quarkus.http.host", "127.0.0.1");
        config.put("quarkus.http.port", Integer.toString(port));
        config.put("quarkus.management.port", "0");
        config.put("millrace.redis.host", "127.0.0.1");
        config.put("millrace.redis.port", Integer.toString(redisPort));
        config.forEach((name, value) -> command.add("-D" + name + "=" + value));
        if (jar) {
            command.addAll(List.of("-jar", JAR.toString()));
        }
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(60)).until(this::answers);
    }

    /** What the process has logged. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("ended; see " + log);
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
