package dev.millrace.redis.dev;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server as a child process, for dev and test only: on loopback, with its data in a temporary directory,
 * stopped with the JVM.
 *
 * <p>The executable is that of the environment variable {@code MILLRACE_EMBEDDED_REDIS} (a path, or {@code bundled}),
 * else a {@code redis-server} or {@code valkey-server} on the PATH, else the bundled one.
 */
public final class RedisServerProcess {

    private static final long START_TIMEOUT_MS = 20_000;

    private final int port;
    private final List<String> options;
    private final Path directory;
    @SuppressWarnings("NullAway.Init") // start() sets it, which every launch calls.
    private Process process;

    private RedisServerProcess(int port, List<String> options) {
        this.port = port;
        this.options = options;
        try {
            this.directory = Files.createTempDirectory("millrace-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndClean, "redis-server-stop"));
    }

    /** Starts a server on a free port and returns when it answers; {@code options} as on its command line. */
    public static RedisServerProcess launch(String... options) {
        return launchOn(freePort(), options);
    }

    /** Starts a server on {@code port}. */
    public static RedisServerProcess launchOn(int port, String... options) {
        RedisServerProcess server = new RedisServerProcess(port, List.of(options));
        server.start();
        return server;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Starts it again, on the same port and data, after {@link #kill}. */
    public synchronized void start() {
        // The options first, for a sentinel's begin with its configuration file.
        List<String> command = new ArrayList<>(List.of(executable()));
        command.addAll(options);
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", directory.toString()));
        if (!options.contains("--save")) {
            command.addAll(List.of("--save", ""));
        }
        Path log = directory.resolve("redis.log");
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
            awaitAnswer(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it at once, as a crash would, keeping its data directory. */
    public synchronized void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Freezes it (SIGSTOP): connections stay open, nothing is answered. */
    public void pause() {
        signal("STOP");
    }

    /** Ends {@link #pause}. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it and deletes its data. */
    public synchronized void stopAndClean() {
        if (process != null) {
            kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            // A temporary directory: what cannot be deleted is the system's to clean.
        }
    }

    private void awaitExit() {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitAnswer(Path log) throws IOException, InterruptedException {
        long giveUpAt = System.currentTimeMillis() + START_TIMEOUT_MS;
        while (!answers()) {
            if (!process.isAlive() || System.currentTimeMillis() > giveUpAt) {
                throw new IllegalStateException("redis-server did not start: " + Files.readString(log));
            }
            Thread.sleep(20);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            return first == '+' || first == '-';
        } catch (IOException e) {
            return false;
        }
    }

    private static String executable() {
        String wanted = Optional.ofNullable(System.getenv("MILLRACE_EMBEDDED_REDIS")).orElse("");
        if (!wanted.isBlank() && !wanted.equals("bundled")) {
            return wanted;
        }
        return (wanted.isBlank() ? onPath() : Optional.<String>empty()).orElseGet(RedisServerProcess::bundled);
    }

    private static Optional<String> onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of("redis-server", "valkey-server")
                .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(dir -> Path.of(dir, name)))
                .filter(Files::isExecutable).map(Path::toString).findFirst();
    }

    private static String bundled() {
        try {
            return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
