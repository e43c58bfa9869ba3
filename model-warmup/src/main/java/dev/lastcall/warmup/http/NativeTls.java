// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** TLS by BoringSSL through Netty. Its engines hold memory outside Java's heap until they are released. */
final class NativeTls implements TlsEngines {

    private final X509ExtendedTrustManager trust;
    private @Nullable SslContext context; // guarded by this
    private boolean isClosed; // guarded by this

    NativeTls(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    @Override
    public synchronized SSLEngine engine(String host, int port) throws SSLException {
        if (isClosed) {
            throw new SSLException("TLS has been closed here");
        }
        SslContext made = context;
        if (made == null) {
            made = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL_REFCNT)
                    .trustManager(trust)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
            context = made;
        }
        // Made this way an engine takes all records that have come at once; by newEngine it takes one a call, as JSSE's do.
        return made.newHandler(UnpooledByteBufAllocator.DEFAULT, host, port).engine();
    }

    @Override
    public boolean isNative() {
        return true;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        SslContext made = context;
        context = null;
        if (made != null) {
            ReferenceCountUtil.release(made);
        }
    }
}
