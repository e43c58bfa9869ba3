// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A bare socket that speaks HTTP by hand, so that a test sees what is on the wire. */
final class RawClient implements AutoCloseable {

    /** A head and a body; header names without regard to case. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final Socket socket = new Socket();

    RawClient(Simulator simulator) throws IOException {
        this(simulator.address());
    }

    RawClient(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(address, 5000);
        patience(Duration.ofSeconds(10));
    }

    /** How long a read waits before it throws {@link java.net.SocketTimeoutException}. */
    void patience(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void request(String method, String target, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: metadata\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        send(head.append("\r\n").toString());
    }

    Answer get(String target, String... headers) throws IOException {
        request("GET", target, headers);
        return read();
    }

    Answer put(String target, String... headers) throws IOException {
        request("PUT", target, headers);
        return read();
    }

    Answer post(String target, String body, String... headers) throws IOException {
        String[] more = Arrays.copyOf(headers, headers.length + 1);
        more[headers.length] = "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
        request("POST", target, more);
        send(body);
        return read();
    }

    /** A whole answer with a Content-Length. */
    Answer read() throws IOException {
        Answer head = readHead();
        byte[] body = socket.getInputStream().readNBytes(Integer.parseInt(head.header("Content-Length")));
        if (body.length < Integer.parseInt(head.header("Content-Length"))) {
            throw new EOFException("the body ended after " + body.length + " bytes");
        }
        return new Answer(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
    }

    /** A head only; what follows stays unread. */
    Answer readHead() throws IOException {
        String[] status = line().split(" ", 3);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(status[1]), headers, "");
    }

    /** So many bytes as text. */
    String readText(int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
    }

    /** One byte of what comes, or -1 at an orderly end; a reset throws. */
    int readByte() throws IOException {
        return socket.getInputStream().read();
    }

    private String line() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended in a head");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
