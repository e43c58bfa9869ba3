// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * TLS between a gate and its clients. The certificate is read again when {@link #refresh} finds the files changed; connections
 * that are there keep the one that they began with. Thread-safe; {@link #refresh} reads files, nothing else blocks.
 */
public final class ClientTls {

    private final CertificateFiles files;
    private final boolean http2;
    private volatile @Nullable Certificate certificate;
    private volatile @Nullable String problem;
    private Certificate.@Nullable Text read; // guarded by this

    /**
     * Begins without a certificate: until {@link #refresh} has read one, clients are turned away.
     *
     * @param http2 whether clients may choose HTTP/2
     */
    public ClientTls(CertificateFiles files, boolean http2) {
        this.files = files;
        this.http2 = http2;
    }

    /** Whether a connection has TLS. On the channel's event loop. */
    public static boolean isOn(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** By which a client comes: https, or http without TLS. On the channel's event loop. */
    public static String scheme(Channel channel) {
        return isOn(channel) ? "https" : "http";
    }

    /** Reads the files; takes them up if they have changed and can be used, and else stays with what it has. */
    public synchronized void refresh() {
        try {
            Certificate.Text now = Certificate.Text.read(files);
            if (!now.equals(read)) {
                certificate = Certificate.of(files, now, http2);
                read = now;
            }
            problem = null;
        } catch (IOException e) {
            problem = e.getMessage();
        }
    }

    /** Why the files cannot be used as they are now; empty where they can. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** When the certificate that clients are shown ends; empty where there is none. */
    public Optional<Instant> endsAt() {
        return Optional.ofNullable(certificate).map(Certificate::endsAt);
    }

    /**
     * Puts TLS in front of a connection's other handlers, which come after this.
     *
     * @param bound   of the handshake
     * @param refused takes the reason of a handshake that failed; the connection is closed then
     * @return false where there is no certificate
     */
    public boolean begin(Channel channel, Duration bound, Consumer<Throwable> refused) {
        Certificate current = certificate;
        if (current == null) {
            return false;
        }
        SslHandler tls = current.context().newHandler(channel.alloc());
        tls.setHandshakeTimeout(bound.toNanos(), TimeUnit.NANOSECONDS);
        channel.pipeline().addLast(tls, new TlsGuard(refused));
        return true;
    }
}
