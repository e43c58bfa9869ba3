// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate for {@code 127.0.0.1} that vouches for itself, made by the JDK's keytool.
 *
 * @param keyStore key and certificate, as PKCS #12
 * @param password of the key store
 * @param certificate alone, as PEM
 */
public record SelfSigned(Path keyStore, String password, Path certificate) {

    private static final String PASSWORD = "changeit";
    private static final long KEYTOOL_BOUND_SECONDS = 60;

    /**
     * Makes one.
     *
     * @param folder where its files go
     * @param name of the files, before {@code .p12} and {@code .pem}
     * @throws IOException if there is no keytool in this JDK, or it fails
     */
    public static SelfSigned in(Path folder, String name) throws IOException {
        var made = new SelfSigned(folder.resolve(name + ".p12"), PASSWORD, folder.resolve(name + ".pem"));
        made.keytool("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-ext",
                "san=ip:127.0.0.1", "-validity", "10", "-storetype", "PKCS12");
        made.keytool("-exportcert", "-rfc", "-file", made.certificate.toString());
        return made;
    }

    private void keytool(String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-alias", "server", "-keystore", keyStore.toString(), "-storepass", password));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(KEYTOOL_BOUND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + command);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
