// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.agent.server.HealthProbe;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.UnixUrl;

/**
 * Polls the health path of kinds whose path is known to cost nothing, and only connects to every other server: some run a model
 * for an answer on their health path. Thread-safe.
 */
public final class KindHealth implements HealthProbe {

    private static final int MAX_BYTES = 4096;
    private static final int LOADING = 503;

    private final Supplier<ServerKind> kind;
    private final Access access;
    private final LocalHttp http;

    /** @param kind the kind as it is known at the time of a reading */
    public KindHealth(Supplier<ServerKind> kind, Access access, LocalHttp http) {
        this.kind = kind;
        this.access = access;
        this.http = http;
    }

    @Override
    public HealthReading read(Duration bound) {
        return Kinds.of(kind.get())
                .health()
                .map(path -> ask(access.at(path), bound))
                .orElseGet(() -> connect(access.at("/"), bound));
    }

    private HealthReading ask(URI url, Duration bound) {
        // Only the status counts, so nothing of the body is kept.
        return http.get(url, access.headers(), MAX_BYTES, _ -> false, bound, reply -> reading(url, reply));
    }

    private static HealthReading reading(URI url, LocalHttp.Reply reply) {
        return switch (reply) {
            case LocalHttp.Reply.Answer answer when answer.status() == LOADING -> new HealthReading.Loading(
                    url + " answers " + LOADING);
            case LocalHttp.Reply.Answer _ -> new HealthReading.Answered();
            case LocalHttp.Reply.Refused(String reason) -> new HealthReading.Unreachable(reason);
            case LocalHttp.Reply.Broken(String reason) -> new HealthReading.Silent(reason);
        };
    }

    private static HealthReading connect(URI url, Duration bound) {
        return UnixUrl.is(url) ? connect(UnixUrl.socket(url)) : connectTcp(url, bound);
    }

    /** Needs no bound: without blocking the kernel connects to a Unix socket at once or not at all. */
    private static HealthReading connect(Path path) {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.configureBlocking(false);
            return socket.connect(UnixDomainSocketAddress.of(path))
                    ? new HealthReading.Answered()
                    : new HealthReading.Silent(path + " takes no connection");
        } catch (ConnectException refused) {
            return new HealthReading.Unreachable(path + " refuses connections");
        } catch (IOException failed) {
            // Its queue is full, or this process may not connect to it.
            return Files.exists(path)
                    ? new HealthReading.Silent(path + " takes no connection: " + failed.getMessage())
                    : new HealthReading.Unreachable(path + " is not there");
        }
    }

    /** Tries every address of the name, because a server may listen on one of them only. */
    private static HealthReading connectTcp(URI url, Duration bound) {
        String host = url.getHost();
        int port = url.getPort() > 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            return new HealthReading.Unreachable(host + " has no address");
        }
        HealthReading last = new HealthReading.Unreachable(host + " has no address");
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), (int) Math.max(1, bound.toMillis()));
                return new HealthReading.Answered();
            } catch (SocketTimeoutException late) {
                last = new HealthReading.Silent(
                        host + ":" + port + " took no connection within " + bound.toMillis() + " ms");
            } catch (IOException refused) {
                last = new HealthReading.Unreachable(host + ":" + port + " refuses connections");
            }
        }
        return last;
    }
}
