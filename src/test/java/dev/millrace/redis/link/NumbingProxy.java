package dev.millrace.redis.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and Redis, and can let connections die without closing them, as a lost network does. */
public final class NumbingProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    public NumbingProxy(int target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** From now on nothing comes through on the connections there are; new ones work. */
    public void numb() {
        pairs.forEach(pair -> pair.numb = true);
    }

    private void accept() {
        try {
            while (true) {
                Pair pair = new Pair(listening.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
                pairs.add(pair);
                start(() -> pair.pump(pair.client, pair.server));
                start(() -> pair.pump(pair.server, pair.client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void start(Runnable action) {
        Thread thread = new Thread(action, "numbing-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Pair pair : pairs) {
            pair.client.close();
            pair.server.close();
        }
    }

    private static final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean numb;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (!numb) {
                        out.write(buffer, 0, n);
                    }
                }
                if (!numb) {
                    to.close();
                }
            } catch (IOException e) {
                // The other direction closed it.
            }
        }
    }
}
