package dev.millrace.queue.push;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver on loopback that answers byte by byte what the test says, and notes who came. */
final class StubReceiver implements AutoCloseable {

    /** A request as it came. */
    record Request(String line, Map<String, String> fields, byte[] body) {}

    /** Answers one request; the connection stays open after it unless it throws. */
    interface Handler {
        void answer(Request request, OutputStream out) throws Exception;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile Handler handler;
    final List<Request> requests = new CopyOnWriteArrayList<>();

    StubReceiver(Handler handler) {
        this("127.0.0.1", 0, handler);
    }

    StubReceiver(String address, int port, Handler handler) {
        this.handler = handler;
        try {
            server = new ServerSocket(port, 100, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    opened.incrementAndGet();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    // Closed, which the loop sees.
                }
            }
        });
    }

    /** Answers with a status, with header lines, and with a body. */
    static Handler answer(int status, String body, String... lines) {
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
        for (String line : lines) {
            answer.append(line).append("\r\n");
        }
        if (status != 204) {
            answer.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return raw(answer + "\r\n" + body);
    }

    static Handler raw(String text) {
        return (request, out) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void handle(Handler other) {
        this.handler = other;
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many connections there were. */
    int opened() {
        return opened.get();
    }

    /** How many connections have ended. */
    int closed() {
        return closed.get();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                handler.answer(request, socket.getOutputStream());
                socket.getOutputStream().flush();
            }
        } catch (Exception e) {
            // The client sees it, or did it.
        } finally {
            closed.incrementAndGet();
        }
    }

    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        Map<String, String> fields = new TreeMap<>();
        for (String field = line(in); field != null && !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            fields.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
        }
        return new Request(line, fields, in.readNBytes(Integer.parseInt(fields.getOrDefault("content-length", "0"))));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
