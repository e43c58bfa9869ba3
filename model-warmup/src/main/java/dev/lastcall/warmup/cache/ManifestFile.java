// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Manifests on disk, as JSON that people can read. */
final class ManifestFile {

    /** A hundred thousand files. */
    private static final long MAX_BYTES = 64L << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ManifestFile() {}

    /** Empty where there is none or it cannot be read: then nothing is known of the files. */
    static Optional<Manifest> read(Path path) throws IOException {
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) > MAX_BYTES) {
                return Optional.empty();
            }
            Manifest manifest = MAPPER.readValue(Files.readAllBytes(path), Manifest.class);
            manifest.files().forEach(Manifest.Entry::parsedDigests);
            return Optional.of(manifest).filter(read -> read.format() == Manifest.FORMAT);
        } catch (NoSuchFileException | JacksonException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** Whole or not at all, also when the machine dies. */
    static void write(Path root, Path path, Manifest manifest) throws IOException, CacheException {
        AtomicFile.write(root, path, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
    }
}
