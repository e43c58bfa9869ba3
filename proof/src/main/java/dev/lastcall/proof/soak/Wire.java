// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One end of a connection that speaks HTTP/1.1, read byte for byte. Confined to one thread. */
final class Wire implements AutoCloseable {

    /** Nothing in a soak is silent for longer, whatever its faults. */
    private static final int SILENCE_MILLIS = 60_000;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int MAX_LINE = 16 * 1024;

    /**
     * The first line and the fields of a message.
     *
     * @param line the first line; empty where the connection ended before it
     * @param fields by lower-case name
     */
    record Head(String line, Map<String, String> fields) {
        Head {
            fields = Map.copyOf(fields);
        }

        boolean isEnd() {
            return line.isEmpty();
        }

        int status() {
            return line.matches("HTTP/1\\.1 \\d\\d\\d.*") ? Integer.parseInt(line.substring(9, 12)) : 0;
        }

        String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    private final Socket socket;
    private final InputStream in;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    }

    /** Connects to a port of loopback; a slow reader has a small buffer. */
    static Wire connect(int port, boolean slow) throws IOException {
        var socket = new Socket();
        if (slow) {
            socket.setReceiveBufferSize(16 * 1024);
        }
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return new Wire(socket);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Whether the other side ended the connection, or sent something unasked. */
    boolean isStale() {
        try {
            socket.setSoTimeout(1);
            in.mark(1);
            in.read();
            return true;
        } catch (SocketTimeoutException quiet) {
            return false;
        } catch (IOException broken) {
            return true;
        } finally {
            patience(SILENCE_MILLIS);
        }
    }

    void patience(int millis) {
        try {
            socket.setSoTimeout(millis);
        } catch (IOException closed) {
            // The next read says so.
        }
    }

    /** Reads a head; an end if the connection ends before its first byte. */
    Head readHead() throws IOException {
        int first = in.read();
        if (first < 0) {
            return new Head("", Map.of());
        }
        String line = (char) first + readLine();
        Map<String, String> fields = new HashMap<>();
        for (String field = readLine(); !field.isEmpty(); field = readLine()) {
            int colon = field.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("not a field: " + field);
            }
            fields.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
        }
        return new Head(line, fields);
    }

    String readLine() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() == MAX_LINE) {
                throw next < 0 ? new EOFException("ended in a line") : new ProtocolException("an endless line");
            }
            line.append((char) next);
        }
        return line.toString().replaceFirst("\r$", "");
    }

    InputStream in() {
        return in;
    }

    /** The body that such a head announces. */
    InputStream body(Head head) {
        return new Body(this, head);
    }

    static byte[] chunk(byte[] bytes) {
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, 0, chunk, size.length, bytes.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    /** Ends it by a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is gone either way.
        }
    }
}
