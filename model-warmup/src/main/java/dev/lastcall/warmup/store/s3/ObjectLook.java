// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.store.ContentCoding;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.wire.ResponseHead;

/** Looks at one object by HEAD: size, entity tag, digests. Thread-safe. */
final class ObjectLook {

    private static final Map<String, String> WITH_CHECKSUMS = Map.of("x-amz-checksum-mode", "ENABLED");
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private final S3Requests requests;
    private final PartChecksums partChecksums;

    ObjectLook(S3Requests requests) {
        this.requests = requests;
        this.partChecksums = new PartChecksums(requests);
    }

    /** The object as the file {@code path} of the model. */
    RemoteFile at(String key, String path) throws StoreException, InterruptedException {
        ResponseHead head = head(key);
        String what = "HEAD s3://" + requests.bucket() + "/" + key;
        if (!ContentCoding.isPlain(head)) {
            throw new StoreException(StoreProblem.UNSUPPORTED,
                    what + ": the object is stored with Content-Encoding " + ContentCoding.shown(head)
                            + "; store it without, or leave it out with exclude");
        }
        long size = head.field("content-length")
                .filter(text -> text.matches("\\d{1,15}"))
                .map(Long::parseLong)
                .filter(bytes -> bytes <= RemoteFile.MAX_SIZE_BYTES)
                .orElseThrow(
                        () -> new StoreException(StoreProblem.MALFORMED, what + ": an answer without a usable size"));
        Validator validator = validator(head);
        List<Digest> digests = new ArrayList<>(S3Digests.of(head));
        Optional<S3Digests.Composite> composite = S3Digests.composite(head);
        if (digests.isEmpty() && composite.isPresent() && validator instanceof Validator.Tag(VersionTag tag)) {
            partChecksums.whole(key, tag.opaque(), size, composite.get()).ifPresent(digests::add);
        }
        return new RemoteFile(path, size, validator, digests, true, key);
    }

    private ResponseHead head(String key) throws StoreException, InterruptedException {
        try {
            return requests.call("HEAD", key, List.of(), WITH_CHECKSUMS, MAX_ERROR_BYTES).head();
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.REFUSED) {
                throw e;
            }
        }
        // A HEAD has no body to say why. A GET of one byte does, and takes up whatever can be corrected; if it succeeds, it
        // was the checksums that were refused: an object under a KMS key needs one right more for those.
        try {
            requests.call("GET", key, List.of(), Map.of("range", "bytes=0-0"), MAX_ERROR_BYTES);
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.CHANGED) {
                throw e;
            }
            // 416: the object is there and empty.
        }
        return requests.call("HEAD", key, List.of(), Map.of(), MAX_ERROR_BYTES).head();
    }

    private static Validator validator(ResponseHead head) {
        return VersionTag.of(head)
                .filter(tag -> !tag.isWeak())
                .<Validator>map(Validator.Tag::new)
                .or(() -> head.field("last-modified").map(Validator.Modified::new))
                .orElseGet(Validator.None::new);
    }
}
