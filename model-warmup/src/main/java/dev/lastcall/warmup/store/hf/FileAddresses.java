// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.http.ResolvedAddresses;
import dev.lastcall.warmup.store.http.ResolvedAddresses.Address;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/** Asks the hub where a file of a revision lies. Thread-safe. */
final class FileAddresses implements ResolvedAddresses.Resolver {

    private static final Pattern SHA256 = Pattern.compile("(?:W/)?\"?([0-9a-f]{64})\"?");

    private final HubRequests requests;
    private final String repository;

    FileAddresses(HubRequests requests, String repository) {
        this.requests = requests;
        this.repository = repository;
    }

    /** Where a file of a commit is asked for. */
    URI origin(String commit, String path) {
        return requests.address("/" + PercentEncoding.path(repository) + "/resolve/" + commit + "/"
                + PercentEncoding.path(path));
    }

    @Override
    public Address resolve(RemoteFile file) throws StoreException, InterruptedException {
        if (!(file.validator() instanceof Validator.Pinned(String commit))) {
            throw new IllegalArgumentException(file.path() + " was not listed by the hub: " + file.validator().text());
        }
        URI from = origin(commit, file.location());
        HubRequests.End end = end(from);
        check(file, commit, end.first(), from);
        return new Address(end.address(), end.isElsewhere());
    }

    private HubRequests.End end(URI from) throws StoreException, InterruptedException {
        try {
            return requests.ask("HEAD", from, 0);
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.UNSUPPORTED) {
                throw e;
            }
            return requests.askFirstByte(from);
        }
    }

    /**
     * Commit, digest and size as the hub itself has them; what it points to may have others. An {@code ETag} is the name
     * of a version: each mirror of the hub decides what it is made of.
     */
    private static void check(RemoteFile file, String commit, ResponseHead head, URI from) throws StoreException {
        Optional<Digest> listed = file.bestDigest().filter(digest -> digest.kind() == DigestKind.SHA256);
        boolean isOtherDigest = listed.isPresent() && head.field("x-linked-etag")
                .map(SHA256::matcher)
                .filter(tag -> tag.matches() && !tag.group(1).equals(listed.get().hex()))
                .isPresent();
        boolean isOtherCommit = head.field("x-repo-commit").filter(other -> !other.equals(commit)).isPresent();
        boolean isOtherSize = head.field("x-linked-size")
                .filter(size -> !size.equals(Long.toString(file.sizeBytes())))
                .isPresent();
        if (isOtherDigest || isOtherCommit || isOtherSize) {
            throw new StoreException(
                    new Failure.BadAnswer(StoreFamily.HUB, "HEAD " + from, AnswerFault.OTHER_COMMIT, commit));
        }
    }
}
