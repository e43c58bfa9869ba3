// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.handler.ssl.OpenSsl;
import org.jspecify.annotations.Nullable;

/** The quickest engines that this machine has, found when the first is asked for: many stores are never asked by TLS. */
final class BestTls implements TlsEngines {

    private final X509ExtendedTrustManager trust;
    private @Nullable TlsEngines best; // guarded by this

    BestTls(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    private synchronized TlsEngines best() {
        TlsEngines known = best;
        if (known == null) {
            known = OpenSsl.isAvailable() ? new NativeTls(trust) : new JavaTls(trust);
            best = known;
        }
        return known;
    }

    @Override
    public SSLEngine engine(String host, int port) throws SSLException {
        return best().engine(host, port);
    }

    @Override
    public boolean isNative() {
        return best().isNative();
    }

    @Override
    public synchronized void close() {
        TlsEngines known = best;
        if (known != null) {
            known.close();
        }
    }
}
