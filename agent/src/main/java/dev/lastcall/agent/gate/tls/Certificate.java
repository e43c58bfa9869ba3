// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;

/**
 * A certificate with its key, ready to be shown to clients. Immutable.
 *
 * @param context makes the TLS side of connections
 * @param endsAt  when the certificate ends
 */
record Certificate(SslContext context, Instant endsAt) {

    /** More than any chain with its key. */
    private static final int MOST_BYTES = 1024 * 1024;
    /** Sessions that clients may take up again; each costs a few kilobytes. */
    private static final int SESSIONS = 1024;
    private static final int SESSION_SECONDS = 300;
    private static final String SAMPLE = "do the key and the certificate belong together?";

    /** What two files say. */
    record Text(String chain, String key) {

        static Text read(CertificateFiles files) throws IOException {
            return new Text(text(files.certificate()), text(files.key()));
        }

        private static String text(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MOST_BYTES);
                return new String(bytes, StandardCharsets.US_ASCII);
            } catch (NoSuchFileException missing) {
                throw new IOException(file + " is not there", missing);
            } catch (IOException e) {
                throw new IOException(file + " cannot be read: " + e.getMessage(), e);
            }
        }

        /** Not the key. */
        @Override
        public String toString() {
            return "Text[" + chain.length() + " characters]";
        }
    }

    /**
     * Makes it of what is in the files.
     *
     * @param http2 whether clients may choose HTTP/2
     * @throws IOException if it cannot be used; the message names the file and says why
     */
    static Certificate of(CertificateFiles files, Text text, boolean http2) throws IOException {
        X509Certificate[] chain = chain(files.certificate(), text.chain());
        PrivateKey key;
        try {
            key = PemKey.read(text.key());
        } catch (GeneralSecurityException e) {
            throw new IOException(files.key() + " cannot be used: " + e.getMessage(), e);
        }
        if (!belongs(key, chain[0])) {
            throw new IOException(files.key() + " is not the key of " + files.certificate());
        }
        try {
            return new Certificate(SslContextBuilder.forServer(key, chain)
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(protocols(http2))
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .build(), chain[0].getNotAfter().toInstant());
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(files.key() + " and " + files.certificate() + " cannot be used together: "
                    + e.getMessage(), e);
        }
    }

    /** Whether the certificate's public key believes what the private key signs. */
    private static boolean belongs(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        byte[] signed = SAMPLE.getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(signed);
            byte[] value = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(signed);
            return signature.verify(value);
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private static ApplicationProtocolConfig protocols(boolean http2) {
        List<String> protocols = http2
                ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
                : List.of(ApplicationProtocolNames.HTTP_1_1);
        return new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, protocols);
    }

    private static X509Certificate[] chain(Path file, String pem) throws IOException {
        try {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .toArray(X509Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (CertificateException e) {
            throw new IOException(file + " is no certificate in PEM form: " + e.getMessage(), e);
        }
        throw new IOException(file + " holds no certificate");
    }
}
