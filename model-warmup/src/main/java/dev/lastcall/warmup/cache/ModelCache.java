// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.fetch.BootId;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/** All models of a directory. Thread-safe, and safe beside other processes with the same directory. */
public final class ModelCache {

    private final CacheLayout layout;
    private final Links links;
    private final Evictor evictor;

    /**
     * Looks at nothing yet.
     *
     * @param isPinned models that must stay whatever happens, such as those of a running server's configuration
     */
    public ModelCache(Path root, CacheLimits limits, Predicate<String> isPinned) {
        this(root, limits, isPinned, Links.HARD, Path.of("/proc"), FileLeases::ask);
    }

    ModelCache(Path root, CacheLimits limits, Predicate<String> isPinned, Links links, Path proc,
            Function<Path, FileLeases.Answer> kernel) {
        this.layout = new CacheLayout(root.toAbsolutePath().normalize());
        this.links = links;
        this.evictor = new Evictor(this, layout, limits, new Holders(layout, isPinned, proc, kernel), links);
    }

    /**
     * Makes its directory, if it is not there, so that servers of other users can read in it.
     *
     * @throws IOException if it cannot be made; the message names it
     */
    public void make() throws IOException {
        try {
            Folders.makeShared(layout.root());
        } catch (CacheException e) {
            throw new LocalException(e.failure(), e);
        }
    }

    /** Its directory. */
    public Path root() {
        return layout.root();
    }

    /**
     * A version of a model that the cache knows.
     *
     * @param model its name
     * @param place its paths
     * @param manifest its record
     */
    public record Known(String model, ModelPlace place, Manifest manifest) {}

    /** Where that version of the model lives or will. */
    public ModelPlace place(String model, Listing listing) throws CacheException {
        return layout.place(CacheLayout.requireName("model", model), Versions.of(listing));
    }

    /** Waits for the right to work on that version of the model. */
    public ModelFolder open(String model, Listing listing) throws IOException, CacheException, InterruptedException {
        ModelPlace place = place(model, listing);
        Folders.makeShared(layout.root());
        return ModelFolder.open(place, links);
    }

    /** Whether a version of the model is on record as warm that came of the same question. */
    public boolean hasStanding(String model, Asked asked) throws IOException, CacheException {
        return standing(CacheLayout.requireName("model", model), asked).isPresent();
    }

    /**
     * Waits for the right to work on the version of a model that is warm and came of the same question: the one that is shown
     * under its name, or the only one.
     */
    public Optional<ModelFolder> openStanding(String model, Asked asked)
            throws IOException, CacheException, InterruptedException {
        Optional<Known> wanted = standing(CacheLayout.requireName("model", model), asked);
        return wanted.isEmpty() ? Optional.empty() : Optional.of(ModelFolder.open(wanted.get().place(), links));
    }

    private Optional<Known> standing(String model, Asked asked) throws IOException {
        Path link = layout.link(model);
        Path shown = Files.isSymbolicLink(link)
                ? layout.root().resolve(Files.readSymbolicLink(link)).normalize()
                : link;
        List<Known> standing = known().stream()
                .filter(known -> known.model().equals(model) && known.manifest().isComplete()
                        && known.manifest().asked().equals(asked))
                .toList();
        Optional<Known> wanted = standing.stream().filter(known -> known.place().tree().equals(shown)).findFirst();
        if (wanted.isEmpty() && standing.size() == 1) {
            wanted = Optional.of(standing.getFirst());
        }
        return wanted;
    }

    /** Every version of every model, warm or not; reads manifests only. */
    public List<Known> known() throws IOException {
        List<Known> known = new ArrayList<>();
        if (!Files.isDirectory(layout.manifests())) {
            return known;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(layout.manifests(), "*@*.json")) {
            for (Path path : stream) {
                String name = path.getFileName().toString().replaceFirst("\\.json$", "");
                int at = name.lastIndexOf('@');
                Optional<Manifest> manifest = ManifestFile.read(path);
                if (manifest.isPresent() && CacheLayout.isName(name.substring(0, at))) {
                    String model = name.substring(0, at);
                    known.add(new Known(model, layout.place(model, name.substring(at + 1)), manifest.get()));
                }
            }
        }
        return known;
    }

    /**
     * A published file with the same bytes: by a digest that cannot be forged in any version of any model, by the validator
     * in another version of the same model from the same source.
     */
    public Optional<Path> same(String model, String source, RemoteFile file) throws IOException {
        Manifest.Entry wanted = Manifest.Entry.of(file);
        Optional<String> strong = file.digests()
                .stream()
                .filter(digest -> digest.kind() == DigestKind.SHA256 || digest.kind() == DigestKind.GIT_SHA1)
                .map(Digest::toString)
                .findFirst();
        for (Known known : known()) {
            boolean isOwn = known.model().equals(model) && known.manifest().source().equals(source)
                    && file.validator().isStrong();
            boolean isTrusted = known.manifest().isTrusted();
            for (Manifest.Entry entry : known.manifest().files()) {
                boolean isSame = (isOwn && entry.equals(wanted))
                        || strong.filter(entry.digests()::contains).isPresent();
                Path path = known.place().tree().resolve(entry.path());
                if (isTrusted && isSame && entry.sizeBytes() == file.sizeBytes()
                        && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(path) == file.sizeBytes()) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Makes room for what a model still needs, forgetting others if need be, and keeps that room from other processes as
     * long as the model's folder is open. One process at a time does this.
     *
     * @param bytes still to be written, as they become fewer
     * @throws CacheException {@link CacheException.Reason#FULL} before anything is forgotten, if it would not suffice
     */
    public void makeRoom(String model, ModelFolder folder, LongSupplier bytes)
            throws IOException, CacheException, InterruptedException {
        Folders.make(layout.root(), layout.leases());
        try (Lease _ = Lease.acquire(layout.room(), links)) {
            evictor.makeRoom(new Evictor.Wish(model, bytes.getAsLong(), folder.outstandingBytes()), folder.place());
            folder.reserve(bytes);
        }
    }

    /** What was forgotten to make room, by this object. */
    public Evictions evictions() {
        return evictor.evictions();
    }

    /** Shows the warm version under the model's name, and forgets the model's other versions that are not in use. */
    public void show(String model, ModelPlace place) throws IOException, CacheException {
        showUnconfirmed(model, place);
        evictor.forgetOtherVersions(model, place);
    }

    /** Shows the version under the model's name and forgets none: whether it is the store's newest is unknown. */
    public void showUnconfirmed(String model, ModelPlace place) throws IOException, CacheException {
        HubLayout.point(layout.link(model), layout.root().relativize(place.tree()),
                Folders.make(layout.root(), layout.scratch()));
        used(model);
    }

    /** Shows the warm version in the layout of Hugging Face's cache, under the repository's name. */
    public void showAsHub(String repository, String reference, ModelPlace place, Manifest manifest)
            throws IOException, CacheException {
        boolean isCommit = manifest.revision().matches("[0-9a-f]{40}");
        String commit = isCommit ? manifest.revision() : Versions.hash(place.tree().getFileName().toString(), 40);
        new HubLayout(layout, layout.hub(repository), links).publish(place.tree(), manifest, commit, reference);
    }

    /** Notes that the model is in use now. */
    public void used(String model) throws IOException, CacheException {
        // Written again rather than touched: whatever lies under the name is replaced and not followed.
        AtomicFile.write(layout.root(), layout.used(model), new byte[0]);
    }

    /** Holds the model under a holder's name: it is not forgotten until released or until the machine boots again. */
    public void hold(String model, String holder) throws IOException, CacheException {
        Path folder = layout.holds(CacheLayout.requireName("model", model));
        AtomicFile.write(layout.root(), folder.resolve(CacheLayout.requireName("holder", holder)),
                BootId.current().getBytes(StandardCharsets.UTF_8));
    }

    /** Ends a hold; one that is not there is fine. */
    public void release(String model, String holder) throws IOException, CacheException {
        Files.deleteIfExists(layout.holds(CacheLayout.requireName("model", model))
                .resolve(CacheLayout.requireName("holder", holder)));
    }
}
