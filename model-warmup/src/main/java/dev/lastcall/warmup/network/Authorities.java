// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed. */
final class Authorities {

    private Authorities() {}

    /**
     * Of the settings.
     *
     * @throws IOException if a file cannot be read or holds no certificate
     */
    static X509TrustManager of(NetworkSettings settings) throws IOException {
        if (settings.authorities().isEmpty() && settings.moreAuthorities().isEmpty()) {
            return manager(null);
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            if (settings.authorities().isEmpty()) {
                X509Certificate[] javas = manager(null).getAcceptedIssuers();
                for (int i = 0; i < javas.length; i++) {
                    store.setCertificateEntry("java" + i, javas[i]);
                }
            }
            add(store, settings.authorities());
            add(store, settings.moreAuthorities());
            return manager(store);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot hold certificates: " + e.getMessage(), e);
        }
    }

    private static void add(KeyStore store, List<AuthorityFile> files) throws IOException, GeneralSecurityException {
        for (AuthorityFile file : files) {
            Path pem = file.pem();
            int before = store.size();
            for (Certificate certificate : read(pem)) {
                store.setCertificateEntry("file" + store.size(), certificate);
            }
            if (store.size() == before) {
                throw new LocalException(new Failure.OnDisk(pem.toString(), DiskFault.NO_CERTIFICATE), null);
            }
        }
    }

    private static Iterable<? extends Certificate> read(Path pem) throws IOException {
        // From memory: the factory reads byte by byte.
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(pem))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (GeneralSecurityException e) {
            throw new LocalException(new Failure.OnDisk(pem.toString(), DiskFault.NO_PEM), e);
        }
    }

    private static X509TrustManager manager(@Nullable KeyStore store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no usable trust store: " + e.getMessage(), e);
        }
    }
}
