// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes the client side of TLS connections. Implementations are thread-safe and begin their work when first asked. */
public interface TlsEngines extends AutoCloseable {

    /**
     * For one connection; it believes a certificate only if it is for that host.
     *
     * @throws SSLException if nothing here can speak TLS
     */
    SSLEngine engine(String host, int port) throws SSLException;

    /** Whether its engines are native code, which wants its bytes outside Java's heap. */
    boolean isNative();

    /** No engine is asked for any more; those that are in use go on. */
    @Override
    void close();

    /**
     * BoringSSL where its native library loads, else Java's own. Java's takes three to four times the processor's time over
     * the first gigabytes: what it does to each byte runs in the interpreter until it is compiled.
     *
     * @param trust who is believed
     */
    static TlsEngines trusting(X509ExtendedTrustManager trust) {
        return new BestTls(trust);
    }
}
