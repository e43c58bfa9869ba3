// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Path;

/** A file that holds one token and nothing else. */
public final class TokenFile {

    private TokenFile() {}

    /** The token. */
    public static String read(Path file) throws CredentialException {
        return SecretFile.token(file);
    }
}
