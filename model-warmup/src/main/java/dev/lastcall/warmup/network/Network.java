// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import javax.net.ssl.X509ExtendedTrustManager;

import dev.lastcall.warmup.http.Dialer;
import dev.lastcall.warmup.http.FollowedHosts;
import dev.lastcall.warmup.http.RangeConnection;
import dev.lastcall.warmup.http.TlsEngines;

/** What all stores of a process share to talk to the world: trust, the dialer, the client for small calls. Thread-safe. */
public final class Network implements AutoCloseable {

    private final ControlClient control;
    private final TlsEngines tls;
    private final Dialer dialer;

    private Network(X509ExtendedTrustManager trust, TlsEngines tls, NetworkSettings settings) {
        this.tls = tls;
        FollowedHosts followed = new FollowedHosts();
        this.dialer = new Dialer(tls, settings.proxies(), followed);
        this.control = new ControlClient(trust, settings.proxies(), followed);
    }

    /**
     * As the settings say.
     *
     * @throws IOException if a file of authorities cannot be read or holds none
     */
    public static Network of(NetworkSettings settings) throws IOException {
        X509ExtendedTrustManager trust = TrustWhenAsked.of(settings);
        return new Network(trust, TlsEngines.trusting(trust), settings);
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

    public ControlClient control() {
        return control;
    }

    public RangeConnection connection() {
        return new RangeConnection(dialer);
    }

    @Override
    public void close() {
        control.close();
        tls.close();
    }
}
