// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file whose first line is a secret. Stateless. */
final class ConfiguredSecret {

    private ConfiguredSecret() {}

    /**
     * Reads it; what follows the first line is left out.
     *
     * @throws IOException if it cannot be had; the message completes "the key ...", and holds nothing of the file
     */
    static String read(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(ValueType.MAX_LENGTH + 2), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").strip();
        } catch (NoSuchFileException none) {
            throw new IOException(file + " is not there", none);
        } catch (AccessDeniedException denied) {
            throw new IOException(file + " may not be read by this user", denied);
        } catch (IOException broken) {
            throw new IOException("cannot read " + file + ": " + broken.getMessage(), broken);
        }
    }
}
