// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.agent.gate.tls.CertificateFiles;
import dev.lastcall.testkit.SelfSigned;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A certificate for 127.0.0.1, made once for a run of the tests, and clients that trust it. While it is {@link #everywhere}, every
 * gate and client of these tests speaks TLS, and what they say must hold all the same.
 */
final class TestTls {

    private static final TemporaryFolder FOLDER = new TemporaryFolder("lastcall-gate-tls");
    private static final CertificateFiles FILES = make("gate");
    private static final SSLContext CLIENT = trusting(FILES.certificate());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(FOLDER::close));
    }

    private static volatile boolean everywhere;

    private TestTls() {}

    /** Whether all speak TLS now. */
    static boolean isEverywhere() {
        return everywhere;
    }

    /** By which clients come. */
    static String scheme() {
        return everywhere ? "https" : "http";
    }

    /** From now on all speak TLS, or none but those that say so. */
    static void everywhere(boolean wanted) {
        everywhere = wanted;
    }

    /** Leaves a test out whose client cannot do by TLS what the test needs. */
    static void plainOnly(String why) {
        assumeThat(everywhere).as(why).isFalse();
    }

    static CertificateFiles files() {
        return FILES;
    }

    /** A certificate of its own, in {@code folder}. */
    static CertificateFiles make(Path folder, String name) {
        try {
            SelfSigned made = SelfSigned.in(folder, name);
            Path key = folder.resolve(name + ".key");
            Files.writeString(key, pem("PRIVATE KEY", key(made).getEncoded()));
            return new CertificateFiles(made.certificate(), key);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }

    private static CertificateFiles make(String name) {
        return make(FOLDER.path(), name);
    }

    private static Key key(SelfSigned made) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(made.keyStore())) {
            store.load(in, made.password().toCharArray());
        }
        return store.getKey("server", made.password().toCharArray());
    }

    /** Clients that trust one certificate. */
    static SSLContext trusting(Path certificate) {
        try (InputStream in = Files.newInputStream(certificate)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("gate",
                    CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TLS on a connection to a gate of these tests. */
    static SSLSocket client(Socket connected, String... protocols) throws IOException {
        return client(CLIENT, connected, protocols);
    }

    static SSLSocket client(SSLContext context, Socket connected, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(connected, InetAddress.getLoopbackAddress().getHostAddress(), connected.getPort(), true);
        if (protocols.length > 0) {
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
        }
        return socket;
    }
}
