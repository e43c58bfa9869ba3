// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/**
 * Reads the authorities when the first server shows its certificate: a hundred and fifty of them take longer to read than
 * a small model to fetch, and many stores are never asked by TLS. Thread-safe.
 */
final class TrustWhenAsked extends X509ExtendedTrustManager {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    /** How DER begins a certificate: a sequence. */
    private static final byte SEQUENCE = 0x30;

    private final NetworkSettings settings;
    private @Nullable X509ExtendedTrustManager read; // guarded by this

    private TrustWhenAsked(NetworkSettings settings) {
        this.settings = settings;
    }

    /**
     * Trust as the settings say.
     *
     * @throws IOException if a file cannot be read or holds no certificate
     */
    static X509ExtendedTrustManager of(NetworkSettings settings) throws IOException {
        for (AuthorityFile file : settings.authorities()) {
            file.check();
        }
        for (AuthorityFile file : settings.moreAuthorities()) {
            file.check();
        }
        return new TrustWhenAsked(settings);
    }

    /** A file that was cut off, or is something else, shows it at its ends; what is between is read when it is needed. */
    static void check(Path pem) throws IOException {
        String content = content(pem);
        int first = content.indexOf(BEGIN);
        if (first < 0) {
            throw damaged(pem, DiskFault.NO_CERTIFICATE);
        }
        requireCertificate(pem, content, first + BEGIN.length());
        requireCertificate(pem, content, content.lastIndexOf(BEGIN) + BEGIN.length());
    }

    private static void requireCertificate(Path pem, String content, int from) throws IOException {
        int end = content.indexOf(END, from);
        if (end < 0) {
            throw damaged(pem, DiskFault.NO_PEM);
        }
        byte[] der = decoded(pem, content.substring(from, end));
        if (der.length == 0 || der[0] != SEQUENCE) {
            throw damaged(pem, DiskFault.NO_PEM);
        }
    }

    private static String content(Path pem) throws IOException {
        if (Files.isDirectory(pem)) {
            throw damaged(pem, DiskFault.IS_A_FOLDER);
        }
        return Files.readString(pem, StandardCharsets.ISO_8859_1);
    }

    private static byte[] decoded(Path pem, String base64) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw damaged(pem, DiskFault.NO_PEM);
        }
    }

    private static LocalException damaged(Path pem, DiskFault fault) {
        return new LocalException(new Failure.OnDisk(pem.toString(), fault), null);
    }

    private synchronized X509ExtendedTrustManager trust() throws CertificateException {
        X509ExtendedTrustManager known = read;
        if (known == null) {
            try {
                X509TrustManager manager = Authorities.of(settings);
                if (!(manager instanceof X509ExtendedTrustManager extended)) {
                    // It would not look at the host's name.
                    throw new CertificateException("this Java's trust manager is of an unknown kind: " + manager);
                }
                known = extended;
                read = known;
            } catch (IOException e) {
                throw new CertificateException(Words.of(e).line(), e);
            }
        }
        return known;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        trust().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        trust().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        trust().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw serversOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw serversOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw serversOnly();
    }

    private static CertificateException serversOnly() {
        return new CertificateException("only servers are judged here");
    }

    /** Only servers tell clients whom they accept. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
