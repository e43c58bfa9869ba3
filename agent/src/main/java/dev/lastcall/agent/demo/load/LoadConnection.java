// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One connection of a client, read byte for byte. Confined to its client's thread, but {@link #close()} may be called
 * from any and ends a read that waits.
 */
final class LoadConnection implements AutoCloseable {

    private static final Duration CONNECT_BOUND = Duration.ofSeconds(5);
    /** Longest line of a head or of a chunk's size. */
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 100;
    private static final int PEEK_MILLIS = 1;

    private final Socket socket;
    private final BufferedInputStream in;
    private final int silenceMillis;
    private boolean used;

    private LoadConnection(Socket socket, int silenceMillis) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        this.silenceMillis = silenceMillis;
    }

    /** Connects to the host of {@code endpoint}; a read that gets no byte for {@code silence} times out. */
    static LoadConnection open(URI endpoint, Duration silence) throws IOException {
        int port = endpoint.getPort() < 0 ? 80 : endpoint.getPort();
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(endpoint.getHost(), port), Math.toIntExact(CONNECT_BOUND.toMillis()));
            return new LoadConnection(socket, Math.toIntExact(silence.toMillis()));
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Whether a request went over it before. */
    boolean isUsed() {
        return used;
    }

    /** Whether the peer has closed it while nothing was asked of it. */
    boolean isClosedByPeer() {
        try {
            socket.setSoTimeout(PEEK_MILLIS);
            in.mark(1);
            int next = in.read();
            in.reset();
            // Bytes that this client did not ask for make it as useless as its end does.
            return next >= -1;
        } catch (SocketTimeoutException quiet) {
            return false;
        } catch (IOException broken) {
            return true;
        }
    }

    void send(byte[] request) throws IOException {
        used = true;
        socket.setSoTimeout(silenceMillis);
        socket.getOutputStream().write(request);
    }

    /**
     * Reads the head of the answer, past interim ones.
     *
     * @throws BrokenOffException if the connection ended before the first byte or within the head
     */
    LoadResponseHead readHead() throws IOException {
        while (true) {
            String statusLine = readLine(true);
            if (!statusLine.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
                throw new ProtocolException("not a status line: " + statusLine);
            }
            int status = Integer.parseInt(statusLine.substring(9, 12));
            Map<String, String> headers = new HashMap<>();
            for (String line = readLine(false); !line.isEmpty(); line = readLine(false)) {
                int colon = line.indexOf(':');
                if (colon < 1 || headers.size() == MAX_HEADERS) {
                    throw new ProtocolException("not a header: " + line);
                }
                headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
            }
            if (status >= 200) {
                return new LoadResponseHead(status, headers);
            }
        }
    }

    /** The body that follows {@code head}; it ends where its framing says so, and breaks off where the peer does. */
    InputStream body(LoadResponseHead head) {
        return new FramedBody(this, head);
    }

    int read() throws IOException {
        return in.read();
    }

    int read(byte[] target, int offset, int length) throws IOException {
        return in.read(target, offset, length);
    }

    String readLine(boolean first) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new BrokenOffException(first && line.isEmpty());
            }
            if (line.length() == MAX_LINE) {
                throw new ProtocolException("a line of more than " + MAX_LINE + " bytes");
            }
            line.append((char) next);
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    /** The request as bytes on the wire. */
    static byte[] request(URI endpoint, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String path = endpoint.getRawPath().isEmpty() ? "/" : endpoint.getRawPath();
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + endpoint.getRawAuthority()
                + "\r\nContent-Type: application/json\r\nAccept: */*\r\nUser-Agent: lastcall-load\r\nContent-Length: "
                + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
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
