// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.ContentRange;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;
import dev.lastcall.warmup.store.http.ContentCoding;
import dev.lastcall.warmup.store.http.HttpAnswers;
import dev.lastcall.warmup.store.http.PromisedDigests;
import dev.lastcall.warmup.verify.Digest;

/** Looks at one object by HEAD: size, entity tag, digests. Thread-safe. */
final class ObjectLookup {

    private static final Map<String, String> WITH_CHECKSUMS = Map.of("x-amz-checksum-mode", "ENABLED");
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private final S3Requests requests;
    private final PartChecksums partChecksums;

    ObjectLookup(S3Requests requests) {
        this.requests = requests;
        this.partChecksums = new PartChecksums(requests);
    }

    /** The object as the file {@code path} of the model. */
    RemoteFile at(String key, String path) throws StoreException, InterruptedException {
        ResponseHead head = head(key);
        String what = "look at s3://" + requests.bucket() + "/" + key;
        if (!ContentCoding.isPlain(head)) {
            throw new StoreException(
                    new Failure.BadAnswer(StoreFamily.S3, what, AnswerFault.STORED_ENCODED, ContentCoding.shown(head)));
        }
        long size = size(head)
                .filter(bytes -> bytes <= RemoteFile.MAX_SIZE_BYTES)
                .orElseThrow(
                        () -> new StoreException(
                                new Failure.BadAnswer(StoreFamily.S3, what, AnswerFault.NO_USABLE_SIZE)));
        Validator validator = validator(head);
        List<Digest> digests = new ArrayList<>(PromisedDigests.of(head));
        Optional<S3Digests.Composite> composite = S3Digests.composite(head);
        if (digests.isEmpty() && composite.isPresent() && validator instanceof Validator.Tag(VersionTag tag)) {
            partChecksums.whole(key, tag.opaque(), size, composite.get()).ifPresent(digests::add);
        }
        return new RemoteFile(path, size, validator, digests, true, key);
    }

    private static Optional<Long> size(ResponseHead head) {
        if (head.field("content-range").isPresent()) {
            return head.field("content-range")
                    .flatMap(ContentRange::parse)
                    .map(ContentRange::total)
                    .filter(total -> total >= 0);
        }
        return head.field("content-length").filter(text -> text.matches("\\d{1,15}")).map(Long::parseLong);
    }

    /**
     * The checksums may be refused alone: a store need not have them, and an object under a KMS key needs one right more for
     * them. HEAD may be refused too; then the answer for the first byte of the object shows its size.
     */
    private ResponseHead head(String key) throws StoreException, InterruptedException {
        Optional<ResponseHead> head = offered(key, WITH_CHECKSUMS);
        if (head.isPresent()) {
            return head.get();
        }
        ResponseHead got = firstByte(key);
        head = offered(key, WITH_CHECKSUMS);
        if (head.isEmpty()) {
            head = offered(key, Map.of());
        }
        return head.orElse(got);
    }

    /** Empty where a GET may fare better: it can say why it is refused, and takes up whatever can be corrected. */
    private Optional<ResponseHead> offered(String key, Map<String, String> headers)
            throws StoreException, InterruptedException {
        try {
            ResponseHead head = requests.call("HEAD", key, List.of(), headers, MAX_ERROR_BYTES).head();
            return size(head).isPresent() ? Optional.of(head) : Optional.empty();
        } catch (StoreException e) {
            return switch (e.problem()) {
                case REFUSED, UNSUPPORTED -> Optional.empty();
                case UNREACHABLE, SHORT, STALLED, THROTTLED, FAULTY, EXPIRED, MALFORMED, RANGE_IGNORED, CHANGED,
                        MISSING ->
                    throw e;
            };
        }
    }

    private ResponseHead firstByte(String key) throws StoreException, InterruptedException {
        try {
            return requests.call("GET", key, List.of(), Map.of("range", "bytes=0-0"), MAX_ERROR_BYTES).head();
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.CHANGED) {
                throw e;
            }
        }
        // 416: the object is there and empty.
        return requests.call("GET", key, List.of(), Map.of(), MAX_ERROR_BYTES).head();
    }

    private static Validator validator(ResponseHead head) {
        return HttpAnswers.tag(head)
                .filter(tag -> !tag.isWeak())
                .<Validator>map(Validator.Tag::new)
                .or(() -> head.field("last-modified").map(Validator.Modified::new))
                .orElseGet(Validator.None::new);
    }
}
