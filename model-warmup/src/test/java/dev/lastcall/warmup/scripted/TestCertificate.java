// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate made by the JDK's own keytool for one test.
 *
 * @param pem what a client shall trust
 * @param server what a server shows
 */
public record TestCertificate(Path pem, SSLContext server) {

    private static final String PASSWORD = "changeit";

    /**
     * For localhost and weights.test by name, but not by address; valid from so many days ago, for two days; signed by an
     * authority of its own.
     */
    public static TestCertificate create(Path folder, int daysAgo, String... moreNames)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve("server" + daysAgo + ".p12");
        Path pem = folder.resolve("ca" + daysAgo + ".pem");
        String authority = folder.resolve("ca" + daysAgo + ".p12").toString();
        String request = folder.resolve("server" + daysAgo + ".csr").toString();
        String signed = folder.resolve("server" + daysAgo + ".pem").toString();
        keytool(authority, "-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=Test", "-ext", "bc:c",
                "-startdate", "-90d",
                "-validity", "900");
        keytool(authority, "-exportcert", "-rfc", "-alias", "ca", "-file", pem.toString());
        keytool(store.toString(), "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost");
        keytool(store.toString(), "-certreq", "-alias", "server", "-file", request);
        keytool(authority, "-gencert", "-rfc", "-alias", "ca", "-infile", request, "-outfile", signed, "-ext",
                "san=dns:localhost,dns:weights.test"
                        + Arrays.stream(moreNames).map(name -> ",dns:" + name).collect(Collectors.joining()),
                "-startdate", "-" + daysAgo + "d", "-validity", "2");
        keytool(store.toString(), "-importcert", "-noprompt", "-alias", "ca", "-file", pem.toString());
        keytool(store.toString(), "-importcert", "-noprompt", "-alias", "server", "-file", signed);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return new TestCertificate(pem, context);
    }

    private static void keytool(String store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store, "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
