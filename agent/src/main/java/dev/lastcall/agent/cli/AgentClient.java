// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/**
 * Asks the running agent one thing over HTTP/1.1, on its control socket or on TCP. So small because a command should
 * start at once: one request, one connection, one bound for all of it.
 */
public final class AgentClient {

    /** Bound of one exchange; the agent answers from memory. */
    static final Duration BOUND = Duration.ofSeconds(5);

    /** Largest answer that is read, in bytes. */
    static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

    private final SocketAddress address;
    private final String name;
    private final String host;
    private final @Nullable String token;
    private final Duration bound;

    private AgentClient(SocketAddress address, String name, String host, @Nullable String token, Duration bound) {
        this.address = address;
        this.name = name;
        this.host = host;
        this.token = token;
        this.bound = bound;
    }

    /** A client of the control socket. */
    public static AgentClient onSocket(Path socket) {
        return new AgentClient(UnixDomainSocketAddress.of(socket), socket.toString(), "localhost", null, BOUND);
    }

    /** A client of an address such as {@code http://127.0.0.1:9808}. */
    static AgentClient onTcp(URI url, @Nullable String token) {
        int port = url.getPort() < 0 ? 80 : url.getPort();
        String host = url.getHost();
        return new AgentClient(new InetSocketAddress(host, port), url.toString(), host + ":" + port, token, BOUND);
    }

    /** The same, less patient. */
    public AgentClient within(Duration shorter) {
        return new AgentClient(address, name, host, token, shorter);
    }

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param body as text
     */
    public record Reply(int status, String body) {}

    /**
     * Asks.
     *
     * @throws IOException if no whole answer came within the bound; the message names the peer and says why
     */
    public Reply ask(String method, String path, String body) throws IOException {
        StringBuilder head = new StringBuilder(method).append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\nConnection: close\r\n");
        if (token != null) {
            head.append("Authorization: Bearer ").append(token).append("\r\n");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n").append(body);
        try (SocketChannel channel = channel()) {
            Thread alarm = alarm(channel);
            try {
                channel.connect(address);
                ByteBuffer out = ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.UTF_8));
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                return parse(readAll(channel));
            } catch (AsynchronousCloseException late) {
                throw new IOException(name + ": no answer within " + bound.toMillis() / 1000.0 + " s", late);
            } catch (NoSuchFileException absent) {
                throw new IOException(name + ": no such file", absent);
            } catch (IOException failed) {
                throw new IOException(name + ": " + failed.getMessage(), failed);
            } finally {
                alarm.interrupt();
            }
        }
    }

    private SocketChannel channel() throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
    }

    /** Closes the channel when the bound has passed, which ends whatever waits on it. */
    private Thread alarm(SocketChannel channel) {
        return Thread.ofVirtual().start(() -> {
            try {
                NodeClock.system().sleep(bound);
                channel.close();
            } catch (InterruptedException | IOException answered) {
                // The exchange is over, and with it what this thread was for.
                return;
            }
        });
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(16 * 1024);
        while (channel.read(part) >= 0) {
            all.write(part.array(), 0, part.position());
            part.clear();
            if (all.size() > MAX_ANSWER_BYTES) {
                throw new IOException("the answer is larger than " + MAX_ANSWER_BYTES + " bytes");
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Reply parse(String answer) throws IOException {
        int end = answer.indexOf("\r\n\r\n");
        String line = answer.lines().findFirst().orElse("");
        if (end < 0 || !line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
            throw new IOException("what answers there does not speak HTTP");
        }
        return new Reply(Integer.parseInt(line.substring(9, 12)), answer.substring(end + 4));
    }
}
