package dev.millrace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server on loopback that a test plays: it serves each connection on a thread of its own, until it is closed. */
public final class LoopbackServer implements AutoCloseable {

    /** Serves one connection, which is closed at its end. */
    @FunctionalInterface
    public interface Conversation {
        /** Fails if the client closes the connection. */
        void hold(Socket client) throws IOException;
    }

    private final String name;
    private final Conversation conversation;
    private final ServerSocket socket;

    /** @param name of its threads */
    public LoopbackServer(String name, Conversation conversation) {
        this.name = name;
        this.conversation = conversation;
        try {
            socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Returns its port. */
    public int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            conversation.hold(client);
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }

    private void daemon(Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
