// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import dev.lastcall.agent.demo.TemporaryFolder;
import dev.lastcall.testkit.SelfSigned;

/** A certificate for 127.0.0.1, made once for a run of the tests, and another that has nothing to do with it. */
final class TestCertificate {

    private static final TemporaryFolder FOLDER = new TemporaryFolder("lastcall-tls");
    private static final SelfSigned SERVER = make("server");
    private static final SelfSigned FOREIGN = make("foreign");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(FOLDER::close));
    }

    private TestCertificate() {}

    static String password() {
        return SERVER.password();
    }

    static Path keyStore() {
        return SERVER.keyStore();
    }

    static Path authorities() {
        return SERVER.certificate();
    }

    /** Authorities that have nothing to do with the server. */
    static Path foreignAuthorities() {
        return FOREIGN.certificate();
    }

    private static SelfSigned make(String name) {
        try {
            return SelfSigned.in(FOLDER.path(), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
