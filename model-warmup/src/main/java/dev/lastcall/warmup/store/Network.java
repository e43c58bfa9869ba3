// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import dev.lastcall.warmup.wire.Dialer;
import dev.lastcall.warmup.wire.RangeConnection;

/** What all stores of a process share to talk to the world: trust, the dialer, the client for small calls. Thread-safe. */
public final class Network implements AutoCloseable {

    private final ControlClient control;
    private final Dialer dialer;

    private Network(X509TrustManager trust, NetworkSettings settings) {
        this.dialer = new Dialer(() -> context(trust), settings.proxies());
        this.control = new ControlClient(trust, settings.proxies());
    }

    /**
     * As the settings say.
     *
     * @throws IOException if a file of authorities cannot be read or holds none
     */
    public static Network of(NetworkSettings settings) throws IOException {
        return new Network(TrustWhenAsked.of(settings), settings);
    }

    /** Straight there, trusting what this Java trusts. */
    public static Network create() {
        try {
            return of(NetworkSettings.DIRECT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Straight there, trusting the certificates of a PEM file and nothing else.
     *
     * @throws IOException if the file cannot be read or holds no certificate
     */
    public static Network trusting(Path pem) throws IOException {
        return of(NetworkSettings.DIRECT.trusting(pem));
    }

    private static SSLContext context(X509TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot speak TLS: " + e.getMessage(), e);
        }
    }

    public ControlClient control() {
        return control;
    }

    public RangeConnection connection() {
        return new RangeConnection(dialer);
    }

    @Override
    public void close() {
        control.close();
    }
}
