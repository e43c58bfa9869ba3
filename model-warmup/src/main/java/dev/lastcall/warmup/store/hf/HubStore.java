// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import dev.lastcall.warmup.store.ControlCalls;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.HttpRangeReader;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.PercentEncoding;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.wire.Origin;

/**
 * A model on the Hugging Face hub, at one revision. The revision is pinned to its commit when the model is listed, and
 * everything after speaks of that commit; each file comes with the SHA-256 or the git id that the hub keeps for it.
 */
public final class HubStore implements Store {

    private static final Pattern REPOSITORY = Pattern.compile("[\\w-][\\w.-]{0,95}(?:/[\\w-][\\w.-]{0,95})?");
    private static final int MAX_REVISION_BYTES = 2 * 1024 * 1024;
    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_PAGES = 1000;

    private final String repository;
    private final String revision;
    private final String endpoint;
    private final Network network;
    private final HubRequests requests;
    private final FileAddresses addresses;

    /**
     * Asks nothing yet.
     *
     * @param repository {@code organisation/name}
     * @param revision a branch, a tag or a commit
     * @throws IllegalArgumentException if the repository cannot be one
     */
    public HubStore(String repository, String revision, HubSettings settings, Network network) {
        if (!REPOSITORY.matcher(repository).matches() || repository.contains("..")) {
            throw new IllegalArgumentException("not the name of a model on the hub: \"" + repository + "\"");
        }
        this.repository = repository;
        this.revision = revision;
        this.endpoint = settings.endpoint().toString();
        this.network = network;
        this.requests = new HubRequests(settings, network.control());
        this.addresses = new FileAddresses(requests, repository);
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
        String commit = ControlCalls.repeat(this::commit);
        List<RemoteFile> files = new ArrayList<>();
        for (HubTree.Entry entry : tree(commit)) {
            if (selection.wants(entry.path())) {
                files.add(new RemoteFile(entry.path(), entry.sizeBytes(), new Validator.Pinned(commit),
                        List.of(entry.digest()),
                        true, entry.path()));
            }
        }
        FileNames.check(source(), files.stream().map(RemoteFile::path).toList());
        if (files.isEmpty()) {
            throw new StoreException(StoreProblem.MISSING, source() + ": include and exclude leave no file");
        }
        return new Listing(source(), commit, files);
    }

    private String commit() throws StoreException, InterruptedException {
        URI address = requests.address("/api/models/" + PercentEncoding.path(repository) + "/revision/"
                + PercentEncoding.component(revision));
        String answer = asked(address, MAX_REVISION_BYTES).response().text();
        try {
            return HubTree.commit(answer);
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreProblem.MALFORMED, "GET " + address + ": " + e.getMessage(), e);
        }
    }

    private HubRequests.End asked(URI address, int maxBodyBytes) throws StoreException, InterruptedException {
        HubRequests.End end = requests.ask("GET", address, maxBodyBytes);
        if (end.isElsewhere()) {
            throw new StoreException(StoreProblem.REFUSED, "GET " + address + ": the hub's API points to another host");
        }
        return end;
    }

    private List<HubTree.Entry> tree(String commit) throws StoreException, InterruptedException {
        URI address = requests.address("/api/models/" + PercentEncoding.path(repository) + "/tree/" + commit
                + "?recursive=true&expand=false");
        List<HubTree.Entry> entries = new ArrayList<>();
        Set<URI> seen = new HashSet<>();
        while (seen.add(address)) {
            URI from = address;
            Page page = ControlCalls.repeat(() -> page(from));
            entries.addAll(page.entries);
            if (page.next.isEmpty()) {
                return entries;
            }
            address = page.next.get();
            if (entries.size() > Listing.MAX_FILES || seen.size() > MAX_PAGES) {
                throw new StoreException(StoreProblem.UNSUPPORTED,
                        source() + ": more than " + Listing.MAX_FILES + " files are no model");
            }
        }
        throw new StoreException(StoreProblem.UNSUPPORTED, source() + ": the hub repeats a page of the tree");
    }

    private record Page(List<HubTree.Entry> entries, Optional<URI> next) {}

    private Page page(URI address) throws StoreException, InterruptedException {
        HubRequests.End end = asked(address, MAX_PAGE_BYTES);
        try {
            Optional<URI> next = HubTree.nextPage(end.response().head()).map(address::resolve);
            if (next.isPresent() && !Origin.of(next.get()).equals(requests.hub())) {
                throw new StoreException(StoreProblem.REFUSED, "GET " + address + ": the next page is on another host");
            }
            return new Page(HubTree.entries(end.response().text()), next);
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreProblem.MALFORMED,
                    "GET " + address + ": a tree that is none: " + e.getMessage(), e);
        }
    }

    /** A commit does not change: the file is what it was, or nothing is right any more. */
    @Override
    public RemoteFile refresh(RemoteFile file) {
        return file;
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new HubDialect(requests, addresses), network.connection());
    }

    @Override
    public void close() {}
}
