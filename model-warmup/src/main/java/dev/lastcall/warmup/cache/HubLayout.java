// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/**
 * A warm model once more, as Hugging Face's own cache lays it out, so that its libraries find it offline by name: blobs
 * (hard links, so no second copy), a snapshot of relative links to them, and last the reference that makes it visible.
 */
final class HubLayout {

    private final Path repository;

    HubLayout(Path repository) {
        this.repository = repository;
    }

    /**
     * Lays it out; what is there already stays.
     *
     * @param commit 40 hexadecimal digits
     * @param reference such as {@code main}
     */
    void publish(Path tree, Manifest manifest, String commit, String reference) throws IOException {
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(commit));
        for (Manifest.Entry entry : manifest.files()) {
            String blob = blobName(entry);
            link(blobs.resolve(blob), tree.resolve(entry.path()));
            Path name = snapshot.resolve(entry.path());
            Files.createDirectories(name.toAbsolutePath().resolveSibling("."));
            String up = "../".repeat((int) entry.path().chars().filter(c -> c == '/').count());
            symlink(name, Path.of(up + "../../blobs/" + blob));
        }
        AtomicFile.write(repository.resolve("refs").resolve(reference), commit.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest that the hub uses as entity tag; where there is none, any name that is unique to the version will do. */
    private static String blobName(Manifest.Entry entry) {
        return entry.parsedDigests()
                .stream()
                .filter(digest -> digest.kind() == DigestKind.SHA256
                        || digest.kind() == DigestKind.GIT_SHA1)
                .map(Digest::hex)
                .findFirst()
                .orElseGet(() -> Versions.hash(entry.path() + "\n" + entry.sizeBytes() + "\n" + entry.validator(), 64));
    }

    private static void link(Path blob, Path file) throws IOException {
        try {
            Files.createLink(blob, file);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isSameFile(blob, file) && Files.size(blob) != Files.size(file)) {
                throw e;
            }
        }
    }

    private static void symlink(Path name, Path target) throws IOException {
        if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(target)) {
            return;
        }
        Path temporary = name.resolveSibling("." + name.getFileName() + "." + UUID.randomUUID());
        Files.createSymbolicLink(temporary, target);
        Files.move(temporary, name, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Points a name at a folder, in one step. */
    static void point(Path name, Path target) throws IOException {
        if (Files.exists(name, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(name)) {
            throw new FileAlreadyExistsException(name + " exists and is not ours; move it away or choose another name");
        }
        symlink(name, target);
    }
}
