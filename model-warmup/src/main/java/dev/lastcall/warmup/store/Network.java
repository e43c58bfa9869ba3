// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.lastcall.warmup.wire.Dialer;
import dev.lastcall.warmup.wire.RangeConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;

/** What all stores of a process share to talk to the world: trust, the dialer, the client for small calls. Thread-safe. */
public final class Network implements AutoCloseable {

    private final ControlClient control;
    private final Dialer dialer;

    private Network(TrustManagerFactory trust, UnaryOperator<HttpClientOptions> controlTrust)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        this.dialer = new Dialer(context);
        this.control = new ControlClient(controlTrust);
    }

    /** Trusts what this Java trusts. */
    public static Network create() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            return new Network(trust, UnaryOperator.identity());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no usable trust store: " + e.getMessage(), e);
        }
    }

    /**
     * Trusts the certificates of a PEM file, and nothing else.
     *
     * @throws IOException if the file cannot be read or holds no certificate
     */
    public static Network trusting(Path pem) throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + count++, certificate);
            }
            if (count == 0) {
                throw new IOException(pem + " holds no certificate");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return new Network(trust,
                    options -> options.setTrustOptions(new PemTrustOptions().addCertPath(pem.toString())));
        } catch (GeneralSecurityException e) {
            throw new IOException(pem + " is no PEM file of certificates: " + e.getMessage(), e);
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
