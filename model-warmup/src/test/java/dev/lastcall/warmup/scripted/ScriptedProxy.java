// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on loopback, by CONNECT and by absolute addresses, to whom every name is this machine: what gets through it was
 * never looked up by the client. Thread-safe.
 */
public final class ScriptedProxy implements AutoCloseable {

    private final ServerSocket server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile String wanted = "";
    private volatile int refusal;
    private volatile int onlyPort;

    /** Listens at once. */
    public ScriptedProxy() {
        try {
            server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Lets only those through that show this {@code Proxy-Authorization}. */
    public ScriptedProxy demand(String authorization) {
        wanted = authorization;
        return this;
    }

    /** Answers everything with this status. */
    public ScriptedProxy refuse(int status) {
        refusal = status;
        return this;
    }

    /** Leads to this port of the machine, whatever port is asked for. */
    public ScriptedProxy lead(int port) {
        onlyPort = port;
        return this;
    }

    /** The first lines of all requests. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** {@code 127.0.0.1:port}. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                if (server.isClosed()) {
                    // Accepted before the end and not seen by it: it would be served for ever.
                    socket.close();
                    return;
                }
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    @SuppressWarnings("EmptyCatch") // either side may leave at any time
    private void serve(Socket client) {
        try (client) {
            for (String head = head(client.getInputStream()); !head.isEmpty(); head = head(client.getInputStream())) {
                List<String> lines = head.lines().toList();
                asked.add(lines.getFirst());
                int status = !wanted.isEmpty() && !lines.contains("Proxy-Authorization: " + wanted)
                        && !lines.contains("proxy-authorization: " + wanted) ? 407 : refusal;
                if (status != 0) {
                    answer(client, "HTTP/1.1 " + status + " Refused\r\nContent-Length: 0\r\n\r\n");
                } else if (head.startsWith("CONNECT ")) {
                    tunnel(client, lines.getFirst().split(" ", -1)[1]);
                    return;
                } else {
                    relay(client, lines);
                }
            }
        } catch (IOException ignored) {} finally {
            sockets.remove(client);
        }
    }

    private static void answer(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void tunnel(Socket client, String authority) throws IOException {
        int wish = Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
        int port = onlyPort == 0 ? wish : onlyPort;
        try (Socket origin = new Socket(InetAddress.getLoopbackAddress(), port)) {
            answer(client, "HTTP/1.1 200 Connection established\r\n\r\n");
            Thread up = Thread.ofVirtual().start(() -> pump(client, origin));
            pump(origin, client);
            up.interrupt();
        }
    }

    /** One request and its answer, by a connection of its own. */
    private static void relay(Socket client, List<String> lines) throws IOException {
        String[] words = lines.getFirst().split(" ", -1);
        URI address = URI.create(words[1]);
        try (Socket origin = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            StringBuilder request = new StringBuilder(words[0] + " " + address.getRawPath()
                    + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()) + " HTTP/1.1\r\n");
            lines.stream()
                    .skip(1)
                    .filter(line -> !line.isEmpty() && !line.regionMatches(true, 0, "Proxy-", 0, 6))
                    .forEach(line -> request.append(line).append("\r\n"));
            origin.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            String head = head(origin.getInputStream());
            answer(client, head);
            long length = head.lines()
                    .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                    .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                    .findFirst()
                    .orElse(0);
            copy(origin.getInputStream(), client.getOutputStream(), words[0].equals("HEAD") ? 0 : length);
        }
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] chunk = new byte[16 * 1024];
        for (long left = length; left > 0;) {
            int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (count < 0) {
                throw new IOException("the origin ended early");
            }
            out.write(chunk, 0, count);
            left -= count;
        }
    }

    @SuppressWarnings("EmptyCatch") // the end of one side is the end of the other
    private static void pump(Socket from, Socket to) {
        try (from; to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ignored) {}
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (b == '\n' && head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
