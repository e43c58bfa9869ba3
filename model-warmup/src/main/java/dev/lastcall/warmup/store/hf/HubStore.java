// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.http.HttpLookup;
import dev.lastcall.warmup.store.http.HttpRangeReader;
import dev.lastcall.warmup.store.http.ResolvedAddresses;
import dev.lastcall.warmup.store.listing.ParallelLookups;

/**
 * A model on the Hugging Face hub, at one revision. The revision is pinned to its commit when the model is listed, and
 * everything after speaks of that commit; each file comes with the SHA-256 or the git id that the hub keeps for it.
 */
public final class HubStore implements Store {

    private static final Pattern REPOSITORY = Pattern.compile("[\\w-][\\w.-]{0,95}(?:/[\\w-][\\w.-]{0,95})?");

    private final String repository;
    private final String revision;
    private final String endpoint;
    private final Network network;
    private final HubRequests requests;
    private final FileAddresses files;
    private final ResolvedAddresses addresses;

    /**
     * Asks nothing yet.
     *
     * @param repository {@code organisation/name}
     * @param revision a branch, a tag or a commit
     * @throws IllegalArgumentException if the repository cannot be one
     */
    public HubStore(String repository, String revision, HubSettings settings, Network network) {
        if (!REPOSITORY.matcher(repository).matches() || repository.contains("..")) {
            throw new AddressException(new Failure.BadAddress("hf://" + repository, AddressFault.NO_MODEL), null);
        }
        this.repository = repository;
        this.revision = revision;
        this.endpoint = settings.endpoint().toString();
        this.network = network;
        this.requests = new HubRequests(settings, network.control());
        this.files = new FileAddresses(requests, repository);
        this.addresses = new ResolvedAddresses(files);
    }

    @Override
    public String source() {
        return "hf://" + repository + (revision.equals("main") ? "" : "@" + revision);
    }

    @Override
    public String identity() {
        return source() + " at " + endpoint;
    }

    @Override
    public Listing list(Selection selection) throws StoreException, InterruptedException {
        HubListing hub = new HubListing(requests, repository, source());
        String commit = hub.commit(revision);
        Map<String, HubTree.Entry> wanted = new LinkedHashMap<>();
        for (HubTree.Entry entry : hub.files(commit)) {
            if (selection.wants(entry.path())) {
                wanted.put(entry.path(), entry);
            }
        }
        FileNames.Sorted names = FileNames.sort(family(), source(), wanted.keySet());
        if (names.usable().isEmpty()) {
            throw new StoreException(new Failure.BadModel(StoreFamily.HUB, source(), ModelFault.NOTHING_LEFT));
        }
        HttpLookup look = HttpLookup.of(network, requests.hub(), requests.headers());
        List<RemoteFile> listed = ParallelLookups.all(List.copyOf(names.usable()), ParallelLookups.FEW,
                path -> file(Objects.requireNonNull(wanted.get(path)), commit, look));
        return new Listing(source(), commit, listed, names.leftOut());
    }

    /** Where the listing does not tell a size, the file itself does. */
    private RemoteFile file(HubTree.Entry entry, String commit, HttpLookup look)
            throws StoreException, InterruptedException {
        long size = entry.sizeBytes().isPresent()
                ? entry.sizeBytes().getAsLong()
                : ControlCalls.repeat(() -> look.at(files.origin(commit, entry.path()), entry.path(), entry.digest()))
                        .file()
                        .sizeBytes();
        return new RemoteFile(entry.path(), size, new Validator.Pinned(commit), entry.digest().stream().toList(), true,
                entry.path());
    }

    /** A commit does not change: the file is what it was, or nothing is right any more. */
    @Override
    public RemoteFile refresh(RemoteFile file) {
        return file;
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.HUB;
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new HubDialect(requests, addresses), network.connection());
    }

    @Override
    public void close() {}
}
