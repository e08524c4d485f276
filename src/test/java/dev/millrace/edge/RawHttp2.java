package dev.millrace.edge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * An HTTP/2 client with prior knowledge that sends exactly what a test says (RFC 9113). It acknowledges SETTINGS and PING, and gives
 * no flow-control window back unless {@link #read} says so.
 */
final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PRIORITY = 0x20;

    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_HEADER_LIST_SIZE = 6;

    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;

    private static final long PATIENCE_S = 60;

    /** What the server has sent on a stream. The status and the fields of trailers are in {@code headers} as well. */
    static final class Stream {

        final int id;
        final CompletableFuture<Map<String, String>> headers = new CompletableFuture<>();
        /** Completes when the server ended or reset the stream, or closed the connection. */
        final CompletableFuture<Void> end = new CompletableFuture<>();
        private final Map<String, String> fields = new LinkedHashMap<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        /** The error code of RST_STREAM, or -1. */
        volatile int reset = -1;

        private Stream(int id) {
            this.id = id;
        }

        private void close() {
            headers.completeExceptionally(new IOException("closed"));
            end.complete(null);
        }

        Stream await() {
            RawHttp2.await(end);
            return this;
        }

        synchronized String field(String name) {
            return fields.get(name);
        }

        int status() {
            RawHttp2.await(headers);
            return Integer.parseInt(field(":status"));
        }

        synchronized byte[] body() {
            return body.toByteArray();
        }

        synchronized int received() {
            return body.size();
        }
    }

    private final Socket socket;
    private final DataOutputStream out;
    private final Thread reader;
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private int nextStream = 1;
    private volatile boolean read;
    private final boolean acknowledges;
    private volatile CompletableFuture<Void> pong = new CompletableFuture<>();

    /** The settings that the server announced first. */
    final CompletableFuture<Map<Integer, Integer>> settings = new CompletableFuture<>();
    /** The error code of GOAWAY and its debug data. */
    final CompletableFuture<String> goAway = new CompletableFuture<>();
    /** Completes when the server has closed the connection. */
    final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** Connects and sends the preface with these settings: a number and a value each. */
    RawHttp2(URI server, int... settings) {
        this(server, true, settings);
    }

    /** A client that does not acknowledge the settings of the server. */
    static RawHttp2 withoutAcknowledgement(URI server, int... settings) {
        return new RawHttp2(server, false, settings);
    }

    private RawHttp2(URI server, boolean acknowledges, int... settings) {
        this.acknowledges = acknowledges;
        try {
            socket = new Socket();
            socket.setReceiveBufferSize(32 * 1024);
            socket.connect(new InetSocketAddress(InetAddress.getByName(server.getHost()), server.getPort()));
            out = new DataOutputStream(socket.getOutputStream());
            ByteArrayOutputStream preface = new ByteArrayOutputStream();
            preface.writeBytes(Http2Frames.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
            for (int i = 0; i < settings.length; i += 2) {
                payload.putShort((short) settings[i]).putInt(settings[i + 1]);
            }
            preface.writeBytes(Http2Frames.frame(SETTINGS, 0, 0, payload.array()));
            send(preface.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = new Thread(this::readFrames, "raw-http2");
        reader.setDaemon(true);
        reader.start();
    }

    /** From now on, what is received is given back to the server's windows at once. */
    RawHttp2 read() {
        read = true;
        return this;
    }

    /** Sends a request without a body. */
    Stream get(String path, String... moreFields) {
        return request(true, Http2Frames.fields("GET", path, moreFields));
    }

    /** Sends a gRPC call with one message. */
    Stream grpc(String method, byte[] message, String... moreFields) {
        String[] fields = Http2Frames.fields("POST", method,
                Http2Frames.join(new String[]{"content-type", "application/grpc", "te", "trailers"}, moreFields));
        byte[] body = ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
        synchronized (this) {
            Stream stream = request(false, fields);
            send(Http2Frames.frame(DATA, END_STREAM, stream.id, body));
            return stream;
        }
    }

    /** Sends HEADERS on a new stream: a name and a value each. */
    synchronized Stream request(boolean end, String... fields) {
        Stream stream = new Stream(nextStream);
        nextStream += 2;
        streams.put(stream.id, stream);
        send(Http2Frames.headers(stream.id, end, fields));
        if (closed.isDone()) {
            stream.close();
        }
        return stream;
    }

    void reset(Stream stream, int errorCode) {
        send(Http2Frames.frame(RST_STREAM, 0, stream.id, ByteBuffer.allocate(4).putInt(errorCode).array()));
    }

    /** Returns when the server has answered a PING: all that it sent before has arrived. */
    void ping() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        pong = answer;
        send(Http2Frames.frame(PING, 0, 0, new byte[8]));
        await(answer);
    }

    /** Gives the server more window, of a stream or, with 0, of the connection. */
    void window(int stream, int bytes) {
        send(Http2Frames.frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array()));
    }

    synchronized void send(byte[] bytes) {
        try {
            OutputStream to = out;
            to.write(bytes);
            to.flush();
        } catch (IOException e) {
            closed.complete(null);
        }
    }

    private void readFrames() {
        try (DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()))) {
            while (true) {
                int head = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[head >>> 8];
                in.readFully(payload);
                received(head & 0xff, flags, stream, payload);
            }
        } catch (IOException | Http2Exception e) {
            closed.complete(null);
            streams.values().forEach(Stream::close);
        }
    }

    private void received(int type, int flags, int id, byte[] payload) throws Http2Exception {
        Stream stream = streams.get(id);
        ByteBuffer content = ByteBuffer.wrap(payload);
        switch (type) {
            case DATA -> {
                synchronized (stream) {
                    stream.body.writeBytes(payload);
                }
                if (read && payload.length > 0) {
                    window(0, payload.length);
                    window(id, payload.length);
                }
            }
            case HEADERS -> {
                int priority = (flags & PRIORITY) == 0 ? 0 : 5;
                synchronized (stream) {
                    headersDecoder
                            .decodeHeaders(id, Unpooled.wrappedBuffer(payload, priority, payload.length - priority))
                            .forEach(f -> stream.fields.put(f.getKey().toString(), f.getValue().toString()));
                }
                stream.headers.complete(stream.fields);
            }
            case RST_STREAM -> {
                // Another may follow, for what the client has sent before it knew.
                stream.reset = stream.reset < 0 ? content.getInt() : stream.reset;
                stream.headers.completeExceptionally(new IOException("reset with " + stream.reset));
                stream.end.complete(null);
            }
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    Map<Integer, Integer> announced = new LinkedHashMap<>();
                    while (content.hasRemaining()) {
                        announced.put((int) content.getShort(), content.getInt());
                    }
                    if (acknowledges) {
                        send(Http2Frames.frame(SETTINGS, ACK, 0, new byte[0]));
                    }
                    settings.complete(announced);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    send(Http2Frames.frame(PING, ACK, 0, payload));
                } else {
                    pong.complete(null);
                }
            }
            case GOAWAY -> {
                content.getInt();
                goAway.complete(
                        content.getInt() + " " + new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8));
            }
            default -> {
                // WINDOW_UPDATE: tests send less than the initial windows.
            }
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            stream.end.complete(null);
        }
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException | java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
