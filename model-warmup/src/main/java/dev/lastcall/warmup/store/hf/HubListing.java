// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/** Asks the hub, or a mirror of it, for the commit of a revision and for the files of that commit. */
final class HubListing {

    /** Without all that people have added to the model; a server that does not know the parameter sends everything. */
    private static final String COMMIT_ONLY = "?expand%5B%5D=sha";

    private static final int MAX_COMMIT_BYTES = 2 * 1024 * 1024;
    private static final int MAX_REVISION_BYTES = 32 * 1024 * 1024;
    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;
    private static final int MAX_PAGES = 1000;

    private final HubRequests requests;
    private final String repository;
    private final String source;

    /** @param source the store, for messages */
    HubListing(HubRequests requests, String repository, String source) {
        this.requests = requests;
        this.repository = repository;
        this.source = source;
    }

    /** The commit that the revision is now. */
    String commit(String revision) throws StoreException, InterruptedException {
        String path = revisionPath(revision);
        try {
            return ControlCalls.repeat(() -> commitIn(path + COMMIT_ONLY, MAX_COMMIT_BYTES));
        } catch (StoreException e) {
            boolean isOdd = e.problem() == StoreProblem.MALFORMED;
            if (!isLackOfTheCall(e) && !isOdd) {
                throw e;
            }
            return ControlCalls.repeat(() -> commitIn(path, MAX_REVISION_BYTES));
        }
    }

    private String commitIn(String path, int maxBytes) throws StoreException, InterruptedException {
        HubRequests.End end = asked(path, maxBytes);
        try {
            return HubTree.commit(end.response().text());
        } catch (IllegalArgumentException e) {
            throw bad("GET " + end.address(), AnswerFault.NO_COMMIT, Said.plain(e.getMessage()), e);
        }
    }

    private String revisionPath(String revision) {
        return "/api/models/" + PercentEncoding.path(repository) + "/revision/" + PercentEncoding.component(revision);
    }

    /** The files of a commit: by the call for the tree, and where a server lacks that by the names in the revision. */
    List<HubTree.Entry> files(String commit) throws StoreException, InterruptedException {
        try {
            return tree(commit);
        } catch (StoreException e) {
            if (!isLackOfTheCall(e)) {
                throw e;
            }
            return siblings(commit, e);
        }
    }

    private static boolean isLackOfTheCall(StoreException e) {
        return e.problem() == StoreProblem.UNSUPPORTED;
    }

    private List<HubTree.Entry> siblings(String commit, StoreException noTree)
            throws StoreException, InterruptedException {
        try {
            String text = ControlCalls.repeat(() -> asked(revisionPath(commit) + "?blobs=true", MAX_REVISION_BYTES)
                    .response()
                    .text());
            return HubTree.siblings(text);
        } catch (IllegalArgumentException | StoreException e) {
            throw bad(source, AnswerFault.NO_WAY_TO_LIST,
                    requests.hub() + " has neither the call for the tree of a model ("
                            + why(noTree) + ") nor the names of its files (" + why(e) + ")",
                    e);
        }
    }

    /** Goes along where the hub's address is a name that points to another. */
    private HubRequests.End asked(String path, int maxBodyBytes) throws StoreException, InterruptedException {
        URI address = requests.address(path);
        HubRequests.End end = requests.ask("GET", address, maxBodyBytes);
        if (!end.isElsewhere()) {
            return end;
        }
        requests.moveTo(end.address(), address);
        HubRequests.End moved = requests.ask("GET", requests.address(path), maxBodyBytes);
        if (moved.isElsewhere()) {
            throw bad("GET " + address, AnswerFault.HUB_POINTS_ON, Origin.of(moved.address()).toString(), null);
        }
        return moved;
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
                throw new StoreException(new Failure.BadModel(StoreFamily.HUB, source, ModelFault.TOO_MANY,
                        Listing.MAX_FILES + " files"));
            }
        }
        throw bad(source, AnswerFault.PAGE_REPEATED, "", null);
    }

    private record Page(List<HubTree.Entry> entries, Optional<URI> next) {}

    private Page page(URI address) throws StoreException, InterruptedException {
        HubRequests.End end = requests.ask("GET", address, MAX_PAGE_BYTES);
        if (end.isElsewhere()) {
            throw bad("GET " + address, AnswerFault.API_ELSEWHERE, Origin.of(end.address()).toString(), null);
        }
        try {
            Optional<URI> next = HubTree.nextPage(end.response().head()).map(address::resolve).map(requests::here);
            return new Page(HubTree.entries(end.response().text()), next);
        } catch (IllegalArgumentException e) {
            throw bad("GET " + address, AnswerFault.NO_TREE, Said.plain(e.getMessage()), e);
        }
    }

    /** In short: the whole message has a remedy of its own. */
    private static String why(Exception e) {
        if (e instanceof Failed known) {
            Words words = Words.of(known.failure());
            return words.what() + (words.why().isEmpty() ? "" : ", " + words.why());
        }
        return Said.plain(e.getMessage());
    }

    private static StoreException bad(String where, AnswerFault fault, String detail, @Nullable Throwable cause) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.HUB, where, fault, detail), cause);
    }
}
