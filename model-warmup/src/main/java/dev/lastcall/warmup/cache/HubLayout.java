// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/**
 * A warm model once more, as Hugging Face's own cache lays it out ("Understand caching", huggingface_hub documentation), so
 * that its libraries find it offline by name: blobs (hard links, so no second copy), a snapshot of relative links to them,
 * and last the reference that makes it visible. Each gets its name by a rename.
 */
final class HubLayout {

    private final CacheLayout layout;
    private final Path repository;
    private final Links links;

    HubLayout(CacheLayout layout, Path repository, Links links) {
        this.layout = layout;
        this.repository = repository;
        this.links = links;
    }

    /**
     * Lays it out.
     *
     * @param commit 40 hexadecimal digits
     * @param reference such as {@code main}
     * @throws CacheException if the reference climbs, or a link was planted where a folder should be
     */
    void publish(Path tree, Manifest manifest, String commit, String reference) throws IOException, CacheException {
        if (List.of(reference.split("/", -1)).stream().anyMatch(part -> part.matches("|\\.|\\.\\."))) {
            throw new CacheException(CacheException.Reason.REFUSED,
                    new Failure.BadAddress("\"" + reference + "\"", AddressFault.NAME, "revision"), null);
        }
        Path scratch = Folders.make(layout.root(), layout.scratch());
        Path blobs = Folders.make(layout.root(), repository.resolve("blobs"));
        Path snapshot = Folders.make(layout.root(), repository.resolve("snapshots").resolve(commit));
        for (Manifest.Entry entry : manifest.files()) {
            String blob = blobName(entry);
            place(blobs.resolve(blob), tree.resolve(entry.path()), scratch);
            Path name = snapshot.resolve(entry.path());
            Folders.make(layout.root(), name.resolveSibling("").normalize());
            String up = "../".repeat((int) entry.path().chars().filter(c -> c == '/').count());
            symlink(name, Path.of(up + "../../blobs/" + blob), scratch);
        }
        if (!reference.equals(commit)) {
            Path references = repository.resolve("refs").resolve(reference);
            Folders.make(layout.root(), references.resolveSibling("").normalize());
            AtomicFile.write(references, commit.getBytes(StandardCharsets.UTF_8), scratch);
        }
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

    /** Our file, which is verified, also where another lies under that name; a link to it where hard links are refused. */
    private void place(Path blob, Path file, Path scratch) throws IOException {
        if (Files.exists(blob) && Files.isSameFile(blob, file)) {
            return;
        }
        Path temporary = scratch.resolve(UUID.randomUUID().toString());
        if (links.link(temporary, file)) {
            Files.move(temporary, blob, StandardCopyOption.ATOMIC_MOVE);
        } else {
            symlink(blob, blob.resolveSibling("").normalize().relativize(file), scratch);
        }
    }

    private static void symlink(Path name, Path target, Path scratch) throws IOException {
        if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(target)) {
            return;
        }
        Path temporary = scratch.resolve(UUID.randomUUID().toString());
        Files.createSymbolicLink(temporary, target);
        Files.move(temporary, name, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Points a name at a folder, in one step. */
    static void point(Path name, Path target, Path scratch) throws IOException {
        if (Files.exists(name, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(name)) {
            throw new LocalException(
                    new Failure.OnDisk(name.toString(), DiskFault.FOREIGN, "it exists and is not ours"), null);
        }
        symlink(name, target, scratch);
    }
}
