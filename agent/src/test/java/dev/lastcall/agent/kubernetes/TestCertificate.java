// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate for 127.0.0.1, made with the JDK's keytool once for a run of the tests. */
final class TestCertificate {

    static final String PASSWORD = "changeit";

    private static final Path DIRECTORY = make();

    private TestCertificate() {}

    static Path keyStore() {
        return DIRECTORY.resolve("server.p12");
    }

    static Path authorities() {
        return DIRECTORY.resolve("ca.crt");
    }

    /** Authorities that have nothing to do with the server. */
    static Path foreignAuthorities() {
        return DIRECTORY.resolve("foreign.crt");
    }

    private static Path make() {
        try {
            Path directory = Files.createTempDirectory("lastcall-tls");
            directory.toFile().deleteOnExit();
            pair(directory, "server", "server.p12", "ca.crt");
            pair(directory, "foreign", "foreign.p12", "foreign.crt");
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pair(Path directory, String alias, String store, String certificate) throws IOException {
        keytool(directory.resolve(store), "-genkeypair", "-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1",
                "-dname", "CN=" + alias, "-ext", "san=ip:127.0.0.1", "-validity", "10", "-storetype", "PKCS12");
        keytool(directory.resolve(store), "-exportcert", "-rfc", "-alias", alias, "-file",
                directory.resolve(certificate).toString());
    }

    private static void keytool(Path store, String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + command);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
