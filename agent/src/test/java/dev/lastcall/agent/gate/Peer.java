// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/** One end of a TCP connection that speaks raw HTTP/1.1: a client's, or a fake server's. Not thread-safe. */
final class Peer implements Closeable {

    private static final int PATIENCE_MILLIS = 20_000;

    /** A request as it was read; an end when the connection ended instead. */
    record Request(String head, String body, List<String> trailers) {
        boolean isEnd() {
            return head.isEmpty();
        }

        String line() {
            return head.lines().findFirst().orElse("");
        }

        List<String> fields(String name) {
            return Peer.fields(head, name);
        }
    }

    /** How an answer ended. */
    enum Ending {
        /** As HTTP says that it is complete. */
        COMPLETE,
        /** By an orderly end of the connection before that. */
        TRUNCATED,
        /** By a reset. */
        RESET
    }

    /** An answer as it was read. */
    record Answer(String head, String body, List<String> trailers, Ending ending) {
        int status() {
            return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ", 3)[1]);
        }

        List<String> fields(String name) {
            return Peer.fields(head, name);
        }

        boolean saysClose() {
            return fields("connection").contains("close");
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final Consumer<Request> seen;
    private final List<String> trailers = new ArrayList<>();

    Peer(Socket socket, Consumer<Request> seen) throws IOException {
        this.socket = socket;
        this.seen = seen;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    /** A client connected to the gate. */
    static Peer connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new Peer(TestTls.isEverywhere() ? TestTls.client(socket) : socket, request -> {});
    }

    /** A client that can hold only little of what it does not read. */
    static Peer connectWithSmallBuffer(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new Peer(TestTls.isEverywhere() ? TestTls.client(socket) : socket, request -> {});
    }

    /** A client with another address of this machine, such as 127.0.0.2. */
    static Peer connectFrom(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new Peer(TestTls.isEverywhere() ? TestTls.client(socket) : socket, request -> {});
    }

    void send(String bytes) throws IOException {
        send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends the text as one chunk. */
    void sendChunk(String text) throws IOException {
        send(chunk(text));
    }

    static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** Reads one whole request; an end if the connection ends first. */
    Request read() throws IOException {
        String head = readHead();
        if (head.isEmpty()) {
            return new Request("", "", List.of());
        }
        Request request = new Request(head, readRequestBody(head), List.copyOf(trailers));
        seen.accept(request);
        return request;
    }

    private String readRequestBody(String head) throws IOException {
        trailers.clear();
        if (fields(head, "transfer-encoding").contains("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            readChunks(body);
            return body.toString(StandardCharsets.ISO_8859_1);
        }
        List<String> length = fields(head, "content-length");
        return length.isEmpty()
                ? ""
                : new String(in.readNBytes(Integer.parseInt(length.getFirst())), StandardCharsets.ISO_8859_1);
    }

    /** Reads a head, through its empty line; empty if the connection ends first. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = readLine(); line != null; line = readLine()) {
            if (line.isEmpty()) {
                return head.toString();
            }
            head.append(line).append("\r\n");
        }
        return "";
    }

    /** Reads a final answer, skipping interim ones. */
    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean toHead) throws IOException {
        String head = "";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            do {
                head = readHead();
            } while (head.startsWith("HTTP/1.1 1"));
            trailers.clear();
            boolean whole = !head.isEmpty() && (toHead || readBody(head, body));
            return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), List.copyOf(trailers),
                    whole ? Ending.COMPLETE : Ending.TRUNCATED);
        } catch (SocketException | SSLException e) {
            return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), List.of(), Ending.RESET);
        }
    }

    private boolean readBody(String head, ByteArrayOutputStream body) throws IOException {
        int status = Integer.parseInt(head.split(" ", 3)[1]);
        if (status == 204 || status == 304) {
            return true;
        }
        if (fields(head, "transfer-encoding").contains("chunked")) {
            return readChunks(body);
        }
        List<String> length = fields(head, "content-length");
        long left = length.isEmpty() ? Long.MAX_VALUE : Long.parseLong(length.getFirst());
        while (left > 0) {
            int next = in.read();
            if (next < 0) {
                return length.isEmpty();
            }
            body.write(next);
            left--;
        }
        return true;
    }

    private boolean readChunks(ByteArrayOutputStream body) throws IOException {
        for (;;) {
            String size = readLine();
            if (size == null || size.isEmpty()) {
                return false;
            }
            int left = Integer.parseInt(size, 16);
            if (left == 0) {
                for (String line = readLine(); line != null; line = readLine()) {
                    if (line.isEmpty()) {
                        return true;
                    }
                    trailers.add(line);
                }
                return false;
            }
            byte[] chunk = in.readNBytes(left);
            body.write(chunk);
            if (chunk.length < left || !"".equals(readLine())) {
                return false;
            }
        }
    }

    /** Whether bytes have come that are not read yet. */
    boolean hasBytes() throws IOException {
        return in.available() > 0;
    }

    byte[] readBytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    int readByte() throws IOException {
        return in.read();
    }

    /** Reads text until it ends with {@code end}. */
    String readUntil(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int next = in.read();
            if (next < 0) {
                return text.append("<end>").toString();
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /** Reads to the end of the connection: true if it is orderly, false if it is a reset. */
    boolean endsInOrder() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketException | SSLException e) {
            return false;
        }
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
        }
        return null;
    }

    static List<String> fields(String head, String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return head.lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .toList();
    }

    void closeOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves, as a client does that has lost interest. */
    void leave() throws IOException {
        socket.close();
    }

    /** Ends the connection by a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
