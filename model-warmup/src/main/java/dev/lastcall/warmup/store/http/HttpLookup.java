// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ContentRange;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.retry.Pause;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.verify.Digest;

/**
 * One look at a file of a web server, by a GET of its first byte, since some servers refuse HEAD: that shows its size, its
 * validator, its digests, and whether ranges work.
 */
public final class HttpLookup {

    private static final Map<String, String> FIRST_BYTE = Map.of("Range", "bytes=0-0", "Want-Repr-Digest",
            "sha-256=10");

    private final HttpFollower follower;
    private final UnsizedBodies unsized;

    /** By these requests. */
    public HttpLookup(Network network, HttpFollower follower) {
        this.follower = follower;
        this.unsized = new UnsizedBodies(network, follower);
    }

    /** With these headers for that origin, and none for what it points to. */
    public static HttpLookup of(Network network, Origin home, Map<String, String> credentials) {
        return new HttpLookup(network, new HttpFollower(network.control(), home, credentials));
    }

    /**
     * What was seen.
     *
     * @param file under the name that it was asked for by, without digests from elsewhere
     * @param address where it lies now, behind all redirects
     * @param name that the server gives to the file, if it gives one
     */
    public record Seen(RemoteFile file, URI address, Optional<String> name) {

        /** Where nothing distinguishes two versions, only one answer is of one version. */
        private Seen asOneStream() {
            return new Seen(new RemoteFile(file.path(), file.sizeBytes(), new Validator.None(), file.digests(), false,
                    file.location()), address, name);
        }
    }

    /**
     * Looks.
     *
     * @param sum a digest from elsewhere, which comes before what the server says
     * @throws StoreException if it cannot be had, or its size cannot be known
     */
    public Seen at(URI address, String name, Optional<Digest> sum) throws StoreException, InterruptedException {
        Look first = look(address, name, sum);
        if (first.isPinned()) {
            return first.seen();
        }
        // A second later the time of what was just written differs from the time of what is written then.
        Pause.of(LastModified.SECOND);
        Look second = look(address, name, sum);
        return second.isPinned() ? second.seen() : second.seen().asOneStream();
    }

    /**
     * One look.
     *
     * @param isPinned whether the name of the version differs from that of every later one
     */
    private record Look(Seen seen, boolean isPinned) {}

    private Look look(URI address, String name, Optional<Digest> sum) throws StoreException, InterruptedException {
        HttpFollower.End end = follower.follow("GET", address, FIRST_BYTE, 1);
        ResponseHead head = end.head();
        String what = "GET " + HttpFollower.shown(address);
        if (head.status() != 200 && head.status() != 206 && head.status() != 416) {
            throw HttpAnswers.failure(what, address, end.address(), head);
        }
        if (!ContentCoding.isPlain(head)) {
            throw bad(what, AnswerFault.ENCODED, ContentCoding.shown(head));
        }
        List<Digest> digests = sum.map(List::of).orElseGet(() -> PromisedDigests.of(head));
        Validator validator = HttpAnswers.validator(head);
        Optional<ContentRange> range = head.field("content-range").flatMap(ContentRange::parse);
        // Ranges of what nothing pins could come from two versions: then only one stream will do.
        boolean isRanged = range.isPresent() && (validator.isStrong() || !digests.isEmpty());
        RemoteFile file = new RemoteFile(name, size(what, end, range, !digests.isEmpty()), validator, digests, isRanged,
                address.toString());
        boolean isPinned = !digests.isEmpty() || !(validator instanceof Validator.Modified)
                || LastModified.isStrong(head, Instant.now());
        return new Look(new Seen(file, end.address(), ContentDisposition.fileName(head)), isPinned);
    }

    private long size(String what, HttpFollower.End end, Optional<ContentRange> range, boolean isVouchedFor)
            throws StoreException, InterruptedException {
        ResponseHead head = end.head();
        if (head.status() == 416) {
            boolean isEmpty = head.field("content-range").orElse("").endsWith("*/0")
                    || headLength(end.address()).equals(OptionalLong.of(0));
            if (!isEmpty) {
                throw bad(what, AnswerFault.NO_FIRST_BYTE, "");
            }
            return 0;
        }
        if (range.isPresent() && range.get().first() == 0 && range.get().last() == 0 && range.get().total() >= 0) {
            return range.get().total();
        }
        if (head.status() == 206 && range.isEmpty()) {
            throw bad(what, AnswerFault.NO_CONTENT_RANGE, "206");
        }
        OptionalLong length = range.isPresent() ? OptionalLong.empty() : length(head);
        if (length.isEmpty()) {
            length = headLength(end.address());
        }
        return length.isPresent() ? length.getAsLong() : unsized.count(what, end.address(), isVouchedFor);
    }

    private static StoreException bad(String what, AnswerFault fault, String detail) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.WEB, what, fault, detail));
    }

    /** What HEAD says of the length; empty where it says nothing, is refused, or is not answered as GET is. */
    private OptionalLong headLength(URI address) throws InterruptedException {
        try {
            ResponseHead head = ControlCalls.repeat(() -> follower.follow("HEAD", address, Map.of(), 1)).head();
            return head.status() == 200 && ContentCoding.isPlain(head) ? length(head) : OptionalLong.empty();
        } catch (StoreException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong length(ResponseHead head) {
        Optional<String> text = head.field("content-length").filter(value -> value.matches("\\d{1,18}"));
        boolean isFramed = !head.all("transfer-encoding").isEmpty();
        return text.isEmpty() || isFramed ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
    }
}
