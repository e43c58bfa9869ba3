// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.security.GeneralSecurityException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

/** TLS by JSSE: runs everywhere. */
final class JavaTls implements TlsEngines {

    private final X509ExtendedTrustManager trust;
    private @Nullable SSLContext context; // guarded by this

    JavaTls(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    @Override
    public SSLEngine engine(String host, int port) throws SSLException {
        SSLEngine engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private synchronized SSLContext context() throws SSLException {
        SSLContext made = context;
        if (made == null) {
            try {
                made = SSLContext.getInstance("TLS");
                made.init(null, new TrustManager[]{trust}, null);
            } catch (GeneralSecurityException e) {
                throw new SSLException("this Java cannot speak TLS: " + e.getMessage(), e);
            }
            context = made;
        }
        return made;
    }

    @Override
    public boolean isNative() {
        return false;
    }

    @Override
    public void close() {
        // Nothing is held outside Java's heap.
    }
}
