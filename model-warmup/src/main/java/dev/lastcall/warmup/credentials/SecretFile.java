// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.text.Amount;

/** Reads small files that hold tokens and keys; again each time, since they are rotated in place. */
final class SecretFile {

    /** The largest are service account keys and profile files, some KiB. */
    private static final int MAX_BYTES = 256 * 1024;

    private SecretFile() {}

    static String read(Path file) throws CredentialException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new CredentialException(file.toString(), CredentialFault.FILE_TOO_LARGE, Amount.of(MAX_BYTES));
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new CredentialException(new Failure.NoCredentials("", CredentialFault.FILE_UNREADABLE,
                    DiskFaults.onDisk(e, file.toString())), e);
        }
    }

    /** One token, which can stand in a header. */
    static String token(Path file) throws CredentialException {
        String token = read(file);
        if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new CredentialException(file.toString(), CredentialFault.NOT_ONE_TOKEN, "");
        }
        return token;
    }
}
